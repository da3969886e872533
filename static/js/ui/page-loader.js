// @ts-check
/**
 * Loads a page of ours, to use a part of it. By XMLHttpRequest, which parses the response itself: `fetch` would need a
 * parser of text, which Trusted Types forbid.
 */

import { REQUEST_TIMEOUT } from '../client/api.js';

/** The page could not be loaded; `status` is 401 if the reader is signed out, 0 without a response. */
export class PageLoadError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} url
 * @returns {Promise<Document>} the page at this address; rejects with a PageLoadError for another one
 */
export function loadPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.responseType = 'document';
    request.timeout = REQUEST_TIMEOUT;
    request.onload = () => {
      const { response, responseURL, status } = request;
      if (new URL(responseURL).pathname === '/login') reject(new PageLoadError('You are signed out.', 401));
      else if (responseURL !== new URL(url, location.href).href) reject(new PageLoadError('There is another page.', status));
      else if (status !== 200 || response === null) reject(new PageLoadError(`The server answered with ${status}.`, status));
      else resolve(response);
    };
    request.onerror = () => reject(new PageLoadError('The server cannot be reached.', 0));
    request.ontimeout = () => reject(new PageLoadError('The server did not answer in time.', 0));
    request.send();
  });
}
