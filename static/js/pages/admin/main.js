// @ts-check
/** Enhances the forms of the admin pages, which work without it: confirmation dialogs, refresh, copy buttons. */

import { bindConfirmDialogs } from '../../ui/confirm-dialog.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { byId } from '../../ui/dom.js';
import { bindForms } from '../../ui/form-submission.js';
import { refreshFragments } from '../../ui/fragment-refresh.js';
import { Notices } from '../../ui/notices.js';
import { bindSideBar } from '../../ui/side-bar.js';

bindSideBar();
bindForms(document);
bindConfirmDialogs(document);
bindCopyButtons(document);
refreshFragments(document, new Notices(byId('notices')));
