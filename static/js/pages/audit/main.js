// @ts-check
/** The page of the audit log: its bar. All else works without scripts. */

import { bindSideBar } from '../../ui/side-bar.js';

bindSideBar();
