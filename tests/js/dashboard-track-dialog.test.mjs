/** The track form: what was typed, and what is wrong with it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formErrors, parseEventData } from '../../static/js/pages/dashboard/track-dialog.js';

describe('the data', () => {
  test('may be left out', () => assert.deepEqual(parseEventData(' \n'), {}));

  test('is an object', () => assert.deepEqual(parseEventData('{"a": [1]}'), { data: { a: [1] } }));

  for (const text of ['[1]', 'null', '5', '"text"']) {
    test(`is not ${text}`, () => {
      const error = 'The data must be a JSON object, such as {"channelId": "general"}.';
      assert.deepEqual(parseEventData(text), { error });
    });
  }

  test('that is no JSON is told why', () => {
    assert.match(parseEventData('{channelId: 1}').error, /^This is not valid JSON: .*property name.*\.$/);
  });
});

describe("the server's answer", () => {
  const answer = (errors) => ({ message: 'The event is not valid', errors });

  test('about a field goes to the field', () => {
    assert.deepEqual(formErrors(answer({ eventType: ['Must be dotted.', 'Too long.'] })), {
      eventType: ['Must be dotted.', 'Too long.'],
      eventData: [],
      form: [],
    });
  });

  test('about a place in the data names the place, once', () => {
    const { eventData } = formErrors(
      answer({ 'eventData.messageId': ['Needs messageId.'], 'eventData.user.name': ['Must be a string.'] }),
    );
    assert.deepEqual(eventData, ['Needs messageId.', 'user.name: Must be a string.']);
  });

  test('about something else goes to the form, with its name', () => {
    assert.deepEqual(formErrors(answer({ timestamp: ['Too old.'] })).form, ['timestamp: Too old.']);
  });

  test('about no field is for the form as it is', () => {
    assert.deepEqual(formErrors({ message: 'The server cannot be reached.', errors: null }), {
      eventType: [],
      eventData: [],
      form: ['The server cannot be reached.'],
    });
  });
});
