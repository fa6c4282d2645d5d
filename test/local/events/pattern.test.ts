import { describe, expect, it } from 'vitest';
import { compilePattern, InvalidEventPattern } from '../../../local/events/pattern.ts';

const EVENT = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: {
    bucket: { name: 'exports' },
    object: { key: 'exports/night*.csv', size: 12 },
    tags: ['a', 'b'],
    gone: null,
    empty: [],
  },
};

describe('an event pattern', () => {
  it.each<[string, unknown, boolean]>([
    ['an equal value', { source: ['aws.s3'] }, true],
    ['one of several values', { source: ['aws.states', 'aws.s3'] }, true],
    ['another value', { source: ['aws.states'] }, false],
    ['fields that all match', { source: ['aws.s3'], detail: { bucket: { name: ['exports'] } } }, true],
    ['fields of which one does not match', { source: ['aws.s3'], detail: { bucket: { name: ['runs'] } } }, false],
    ['a field that the event does not have', { detail: { missing: ['x'] } }, false],
    ['any element of a list', { detail: { tags: ['b'] } }, true],
    ['no element of a list', { detail: { tags: ['c'] } }, false],
    ['null', { detail: { gone: [null] } }, true],
    ['a number, which is not its text', { detail: { object: { size: ['12'] } } }, false],
    ['a prefix', { detail: { object: { key: [{ prefix: 'exports/' }] } } }, true],
    ['another prefix', { detail: { object: { key: [{ prefix: 'runs/' }] } } }, false],
    ['a suffix', { detail: { object: { key: [{ suffix: '.csv' }] } } }, true],
    ['a suffix in another case', { detail: { object: { key: [{ suffix: { 'equals-ignore-case': '.CSV' } }] } } }, true],
    ['a value in another case', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }, true],
    ['a wildcard', { detail: { object: { key: [{ wildcard: 'exports/*.csv' }] } } }, true],
    ['a wildcard over no characters', { source: [{ wildcard: 'aws*.s3' }] }, true],
    [
      'a wildcard that must fill the whole value',
      { detail: { object: { key: [{ wildcard: 'exports/*.cs' }] } } },
      false,
    ],
    ['an escaped star, which is a star', { detail: { object: { key: [{ wildcard: 'exports/night\\*.csv' }] } } }, true],
    ['a dot in a wildcard, which is a dot', { source: [{ wildcard: 'aws.s*' }] }, true],
    ['a dot in a wildcard, which is no other character', { 'detail-type': [{ wildcard: 'Object.Created' }] }, false],
    ['anything but another value', { source: [{ 'anything-but': 'aws.states' }] }, true],
    ['anything but values of a list', { source: [{ 'anything-but': ['aws.states', 'aws.s3'] }] }, false],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    ['anything but, of a field that is absent', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    ['a field that exists', { detail: { gone: [{ exists: true }] } }, true],
    ['a field that does not exist', { detail: { missing: [{ exists: false }] } }, true],
    ['a nested field that does not exist', { missing: { deeper: [{ exists: false }] } }, true],
    ['a number in a range', { detail: { object: { size: [{ numeric: ['>', 10, '<=', 12] }] } } }, true],
    ['a number out of a range', { detail: { object: { size: [{ numeric: ['>=', 12.5] }] } } }, false],
    ['either of two patterns', { $or: [{ source: ['x'] }, { detail: { bucket: { name: ['exports'] } } }] }, true],
    ['neither of two patterns', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  ])('with %s is decided as EventBridge does', (_, pattern, matches) => {
    expect(compilePattern(pattern)(EVENT)).toBe(matches);
  });

  it.each<[string, unknown, string]>([
    [
      'a matcher it does not know',
      { source: [{ cidr: '10.0.0.0/8' }] },
      "EventPattern.source[0]: the embedded EventBridge has no matcher 'cidr'",
    ],
    [
      'two matchers in one',
      { source: [{ prefix: 'a', suffix: 'b' }] },
      'EventPattern.source[0] must hold exactly one matcher',
    ],
    ['a value that stands in no list', { source: 'aws.s3' }, 'EventPattern.source must be an object'],
    ['an empty list', { source: [] }, 'EventPattern.source must not be an empty list'],
    ['an empty pattern', {}, 'EventPattern must be an object with at least one field'],
    ['a prefix that is no text', { source: [{ prefix: 1 }] }, 'EventPattern.source[0].prefix must be a string'],
  ])('with %s is refused by its path', (_, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(InvalidEventPattern);
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
