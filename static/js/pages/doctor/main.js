// @ts-check
/** The page that looks at what lies between this browser and the server. */

import { Examination } from './examination.js';
import { FindingList } from './finding-list.js';
import { FINDINGS, summary } from './findings.js';
import { environmentWith } from '../../client/environment.js';
import { bindSideBar } from '../../ui/side-bar.js';

/**
 * @import {Observations} from './examination.js'
 * @import {Place} from './findings.js'
 */

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const page = JSON.parse(part('page-data').textContent ?? '');
const environment = environmentWith();
const list = new FindingList(
  part('findings'),
  /** @type {HTMLTemplateElement} */ (part('finding')),
  Object.keys(FINDINGS),
);
const navigation = /** @type {PerformanceNavigationTiming | undefined} */ (
  performance.getEntriesByType('navigation')[0]
);
/** @type {Place} */
const place = {
  origin: location.origin,
  seenAs: page.seenAs,
  heartbeat: page.heartbeat,
  protocol: navigation?.nextHopProtocol ?? '',
  isSecure: isSecureContext,
  sharesStreams: environment.locks !== null && environment.channel !== null,
};
/** @type {Examination | null} */
let examination = null;

/** @param {Observations} seen */
function show(seen) {
  const findings = Object.entries(FINDINGS).map(([title, find]) => {
    const finding = find(seen, place);
    list.show(title, finding);
    return finding;
  });
  const words = summary(findings, seen.isDone);
  if (part('summary').textContent !== words) part('summary').textContent = words;
}

function look() {
  examination?.stop();
  examination = new Examination(page.workspace.slug, environment, show);
  examination.run();
}

part('again').addEventListener('click', look);
addEventListener('pagehide', () => examination?.stop());
bindSideBar();
look();
