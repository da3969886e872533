/** The track dialog: parsing of the data, and errors by field. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formErrors, parseEventData } from '../../static/js/pages/dashboard/track-dialog.js';

describe('the data', () => {
  test('is optional', () => assert.deepEqual(parseEventData(' \n'), {}));

  test('is a JSON object', () => assert.deepEqual(parseEventData('{"a": [1]}'), { data: { a: [1] } }));

  for (const text of ['[1]', 'null', '5', '"text"']) {
    test(`is not ${text}`, () => {
      const error = 'The data must be a JSON object, such as {"channelId": "general"}.';
      assert.deepEqual(parseEventData(text), { error });
    });
  }

  test('invalid JSON is an error with a reason', () => {
    assert.match(parseEventData('{channelId: 1}').error, /^This is not valid JSON: .*property name.*\.$/);
  });
});

describe("the server's errors", () => {
  const answer = (errors) => ({ message: 'The event is not valid', errors });

  test("a field's error is beside the field", () => {
    assert.deepEqual(formErrors(answer({ eventType: ['Must be dotted.', 'Too long.'] })), {
      eventType: ['Must be dotted.', 'Too long.'],
      eventData: [],
      form: [],
    });
  });

  test('an error in the data names its path once', () => {
    const { eventData } = formErrors(
      answer({ 'eventData.messageId': ['Needs messageId.'], 'eventData.user.name': ['Must be a string.'] }),
    );
    assert.deepEqual(eventData, ['Needs messageId.', 'user.name: Must be a string.']);
  });

  test('other errors are for the form, with name', () => {
    assert.deepEqual(formErrors(answer({ timestamp: ['Too old.'] })).form, ['timestamp: Too old.']);
  });

  test('an error without fields is for the form', () => {
    assert.deepEqual(formErrors({ message: 'The server cannot be reached.', errors: null }), {
      eventType: [],
      eventData: [],
      form: ['The server cannot be reached.'],
    });
  });
});
