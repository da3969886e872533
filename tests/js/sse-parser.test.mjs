/** The parser follows the HTML standard. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf, dataOf, parse } from './support/parsing.mjs';

describe('the examples of the standard', () => {
  test('three messages', () => {
    const stream =
      'data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n' +
      'data: This is the third message.\n\n';
    const second = 'This is the second message, it\nhas two lines.';
    assert.deepEqual(dataOf(stream), ['This is the first message.', second, 'This is the third message.']);
  });

  test('event types', () => {
    const { frames } = parse(
      'event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n',
    );
    assert.deepEqual(frames, [['add', '73857293', ''], ['remove', '2153', ''], ['add', '113411', '']]);
  });

  test('a stock price over three lines', () => {
    assert.deepEqual(dataOf('data: YHOO\ndata: +2\ndata: 10\n\n'), ['YHOO\n+2\n10']);
  });

  test('comment, id, empty id, unfinished block', () => {
    const stream =
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n';
    const { frames, lastEventId } = parse(stream);
    assert.deepEqual(frames, [['message', 'first event', '1'], ['message', 'second event', '']]);
    assert.equal(lastEventId, '');
  });

  test('one space after the colon is removed', () => {
    assert.deepEqual(dataOf('data:  third event\n\n'), [' third event']);
  });

  test('empty data', () => {
    assert.deepEqual(dataOf('data\n\ndata\ndata\n\ndata:'), ['', '\n']);
  });

  test('with and without the space', () => {
    assert.deepEqual(dataOf('data:test\n\ndata: test\n\n'), ['test', 'test']);
  });
});

describe('line ends', () => {
  for (const [name, end] of [
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ]) {
    test(name, () => {
      assert.deepEqual(dataOf(['data: a', 'data: b', '', 'data: c', '', ''].join(end)), ['a\nb', 'c']);
    });
  }

  test('mixed in one frame', () => {
    assert.deepEqual(dataOf('data:1\rdata:2\r\ndata:3\ndata:4\r\r\n'), ['1\n2\n3\n4']);
  });

  test('LF CR are two', () => {
    assert.deepEqual(dataOf('data:1\n\rdata:2\n\n'), ['1', '2']);
  });

  test('other Unicode line breaks are text', () => {
    const text = 'a\u2028b\u2029c\u0085d\u000be\u000cf';
    assert.deepEqual(dataOf(`data: ${text}\n\n`), [text]);
  });
});

describe('the byte order mark', () => {
  const mark = new Uint8Array([0xef, 0xbb, 0xbf]);
  const after = (...marks) =>
    bytesOf(new Uint8Array([...marks.flatMap((one) => [...one]), ...bytesOf('data:1\n\ndata:2\n\n')]));

  test('one at the start is dropped', () => assert.deepEqual(dataOf(after(mark)), ['1', '2']));

  test('a second one is part of the field name', () => assert.deepEqual(dataOf(after(mark, mark)), ['2']));

  test('one later on is text', () => assert.deepEqual(dataOf('data:\ufeff1\n\n'), ['\ufeff1']));
});

describe('comments', () => {
  test('anywhere, of any length', () => {
    const long = 'x'.repeat(2 * 1024);
    const stream = `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`;
    assert.deepEqual(dataOf(stream), ['1\n2\n3\n4']);
  });

  test('alone are no frame', () => assert.deepEqual(dataOf(': ping\n\n: ping\n\n'), []));
});

describe('fields', () => {
  test('unknown names are ignored', () => {
    assert.deepEqual(dataOf('dat:1\nDATA:2\n data:3\ndata\t:4\njunk\ndata:5\n\n'), ['5']);
  });

  test('a colon in the value is text', () => assert.deepEqual(dataOf('data:a:b: c\n\n'), ['a:b: c']));

  test('a tab or a second space in the value is text', () => {
    assert.deepEqual(dataOf('data:\ttest\rdata: \ndata:test\n\n'), ['\ttest\n\ntest']);
  });

  test('NUL is text in data', () => assert.deepEqual(dataOf('data:\0\n\n'), ['\0']));

  test('an event type without data is dropped', () => {
    assert.deepEqual(parse('event: lost\n\ndata: x\n\n').frames, [['message', 'x', '']]);
  });

  test('an empty event type means "message"', () => {
    assert.deepEqual(parse('event: a\nevent:\ndata: x\n\n').frames, [['message', 'x', '']]);
  });

  test("names of Object's properties", () => {
    assert.deepEqual(parse('event: __proto__\nconstructor: 1\ndata: x\n\n').frames, [['__proto__', 'x', '']]);
  });
});

describe('the id', () => {
  test('stays for frames without one', () => {
    assert.deepEqual(parse('id: 7\ndata: a\n\ndata: b\n\n').frames, [['message', 'a', '7'], ['message', 'b', '7']]);
  });

  test('with NUL is ignored', () => {
    assert.deepEqual(parse('id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n').frames[1], ['message', 'b', '7']);
  });

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

describe('retry', () => {
  test('takes digits', () => assert.deepEqual(parse('retry: 3127\n\n').retries, [3127]));

  for (const bogus of ['1000x', '-5', '1.5', '', ' 7', '٣', '1e3']) {
    test(`not ${JSON.stringify(bogus)}`, () => assert.deepEqual(parse(`retry: ${bogus}\n\n`).retries, []));
  }
});

test('invalid UTF-8 becomes U+FFFD', () => {
  assert.deepEqual(dataOf(new Uint8Array([...bytesOf('data:a'), 0xff, ...bytesOf('b\n\n')])), ['a\ufffdb']);
});
