// @ts-check
/** The doctor: a page that tests the network path between this browser and the server. */

import { environmentWith } from '../../client/environment.js';
import { byId, setText } from '../../ui/dom.js';
import { bindSideBar } from '../../ui/side-bar.js';
import { Diagnosis } from './diagnosis.js';
import { FindingList } from './finding-list.js';
import { FINDINGS, summary } from './findings.js';

/**
 * @import {Observations} from './diagnosis.js'
 * @import {PageFacts} from './findings.js'
 */

const page = JSON.parse(byId('page-data', HTMLScriptElement).textContent ?? '');
const environment = environmentWith();
const list = new FindingList(
  byId('findings'),
  byId('finding', HTMLTemplateElement),
  Object.keys(FINDINGS),
);
const navigation = /** @type {PerformanceNavigationTiming | undefined} */ (
  performance.getEntriesByType('navigation')[0]
);
/** @type {PageFacts} */
const facts = {
  origin: location.origin,
  seenAs: page.seenAs,
  heartbeat: page.heartbeat,
  protocol: navigation?.nextHopProtocol ?? '',
  isSecure: isSecureContext,
  sharesStreams: environment.locks !== null && environment.channel !== null,
};
/** @type {Diagnosis | null} */
let diagnosis = null;

/** @param {Observations} seen */
function show(seen) {
  const findings = Object.entries(FINDINGS).map(([title, find]) => {
    const finding = find(seen, facts);
    list.show(title, finding);
    return finding;
  });
  setText(byId('summary'), summary(findings, seen.isDone));
}

function run() {
  diagnosis?.stop();
  diagnosis = new Diagnosis(page.workspace.slug, environment, show);
  diagnosis.run();
}

byId('again').addEventListener('click', run);
addEventListener('pagehide', () => diagnosis?.stop());
bindSideBar();
run();
