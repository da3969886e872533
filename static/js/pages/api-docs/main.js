// @ts-check
/** The page of the API: its bar, and the operation that the address names, opened. */

import { bindSideBar } from '../../ui/side-bar.js';

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const operation = named?.closest('details');
  if (operation) {
    operation.open = true; // as newer browsers do by themselves
    named?.scrollIntoView();
  }
}

addEventListener('hashchange', openNamed);
openNamed();
bindSideBar();
