/** The parser follows the HTML standard. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf, dataOf, parse } from './support/parsing.mjs';

const MARK = [0xef, 0xbb, 0xbf];
const TWO = [...bytesOf('data:1\n\ndata:2\n\n')];
const LINE_BREAKS = 'a\u2028b\u2029c\u0085d\u000be\u000cf'; // of Unicode, not of the format
const LONG = 'x'.repeat(2 * 1024);
const EXAMPLE =
  'data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n' +
  'data: This is the third message.\n\n';
const TEXTS = ['This is the first message.', 'This is the second message, it\nhas two lines.', 'This is the third message.'];
const PRICES = 'event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n';
const lines = (end) => ['data: a', 'data: b', '', 'data: c', '', ''].join(end);

describe('the data of each frame', () => {
  for (const [name, stream, expected] of [
    ['three messages, as in the standard', EXAMPLE, TEXTS],
    ['a stock price over three lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']],
    ['one space after the colon is removed', 'data:  third event\n\n', [' third event']],
    ['empty data', 'data\n\ndata\ndata\n\ndata:', ['', '\n']],
    ['with and without the space', 'data:test\n\ndata: test\n\n', ['test', 'test']],
    ['lines end with LF', lines('\n'), ['a\nb', 'c']],
    ['lines end with CR', lines('\r'), ['a\nb', 'c']],
    ['lines end with CRLF', lines('\r\n'), ['a\nb', 'c']],
    ['all line ends in one frame', 'data:1\rdata:2\r\ndata:3\ndata:4\r\r\n', ['1\n2\n3\n4']],
    ['LF CR are two line ends', 'data:1\n\rdata:2\n\n', ['1', '2']],
    ['other Unicode line breaks are text', `data: ${LINE_BREAKS}\n\n`, [LINE_BREAKS]],
    ['a byte order mark at the start is dropped', [...MARK, ...TWO], ['1', '2']],
    ['a second mark is part of the field name', [...MARK, ...MARK, ...TWO], ['2']],
    ['a later mark is text', 'data:\ufeff1\n\n', ['\ufeff1']],
    ['comments', `data:1\r:\0\n:\r\ndata:2\n:${LONG}\rdata:3\n:data:fail\r:${LONG}\ndata:4\n\n`, ['1\n2\n3\n4']],
    ['comments alone are no frame', ': ping\n\n: ping\n\n', []],
    ['unknown names are ignored', 'dat:1\nDATA:2\n data:3\ndata\t:4\njunk\ndata:5\n\n', ['5']],
    ['a colon in the value is text', 'data:a:b: c\n\n', ['a:b: c']],
    ['a tab or a second space is text', 'data:\ttest\rdata: \ndata:test\n\n', ['\ttest\n\ntest']],
    ['NUL is text', 'data:\0\n\n', ['\0']],
    ['invalid UTF-8 becomes U+FFFD', [...bytesOf('data:a'), 0xff, ...bytesOf('b\n\n')], ['a\ufffdb']],
  ]) {
    test(name, () => assert.deepEqual(dataOf(Array.isArray(stream) ? new Uint8Array(stream) : stream), expected));
  }
});

describe('the frames: type, data, id', () => {
  for (const [name, stream, ...expected] of [
    ['event types', PRICES, ['add', '73857293', ''], ['remove', '2153', ''], ['add', '113411', '']],
    ['an event type without data is dropped', 'event: lost\n\ndata: x\n\n', ['message', 'x', '']],
    ['an empty event type means "message"', 'event: a\nevent:\ndata: x\n\n', ['message', 'x', '']],
    ["names of Object's properties", 'event: __proto__\nconstructor: 1\ndata: x\n\n', ['__proto__', 'x', '']],
    ['an id stays for later frames', 'id: 7\ndata: a\n\ndata: b\n\n', ['message', 'a', '7'], ['message', 'b', '7']],
    ['an id with NUL is ignored', 'id: 7\n\nid: 8\0\ndata: b\n\n', ['message', 'b', '7']],
  ]) {
    test(name, () => assert.deepEqual(parse(stream).frames, expected));
  }

  test('comment, id, empty id, unfinished block', () => {
    const stream = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n';
    const { frames, lastEventId } = parse(stream);
    assert.deepEqual(frames, [['message', 'first event', '1'], ['message', 'second event', '']]);
    assert.equal(lastEventId, '');
  });
});

describe('the id', () => {
  test('may be non-ASCII', () => assert.equal(parse('id: …\ndata: a\n\n').lastEventId, '…'));

  test('moves without data too', () => {
    assert.deepEqual(parse('id: 9\n\n'), { frames: [], retries: [], lastEventId: '9' });
  });

  test('of an unfinished frame is ignored', () => {
    assert.equal(parse('id: 1\ndata: a\n\nid: 2\ndata: b\n').lastEventId, '1');
  });

  test('of an earlier stream is kept', () => {
    const { frames, lastEventId } = parse('data: hello\n\nid: 13\ndata: x\n\n', '12');
    assert.deepEqual(frames, [['message', 'hello', '12'], ['message', 'x', '13']]);
    assert.equal(lastEventId, '13');
  });
});

test('retry takes digits only', () => {
  assert.deepEqual(parse('retry: 3127\n\n').retries, [3127]);
  for (const bogus of ['1000x', '-5', '1.5', '', ' 7', '٣', '1e3'])
    assert.deepEqual(parse(`retry: ${bogus}\n\n`).retries, [], bogus);
});
