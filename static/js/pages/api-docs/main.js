// @ts-check
/** The API viewer: its bar, and opening of the operation that the address names. */

import { bindSideBar } from '../../ui/side-bar.js';

function openLinkedOperation() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const operation = named?.closest('details');
  if (operation) {
    operation.open = true; // as newer browsers do by themselves
    named?.scrollIntoView();
  }
}

addEventListener('hashchange', openLinkedOperation);
openLinkedOperation();
bindSideBar();
