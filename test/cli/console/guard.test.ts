import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, isKey, keyCookie, refusal } from '../../../cli/console/guard.ts';

const OWN = { port: 4680, key: 'the-key' };
const COOKIE = 'console-4680=the-key';
const HOST = '127.0.0.1:4680';

const reading = (headers: Asked['headers'] = {}, path = '/api/runs'): Asked => ({
  method: 'GET',
  path,
  headers: { host: HOST, cookie: COOKIE, ...headers },
});
const writing = (headers: Asked['headers'] = {}): Asked => ({
  method: 'POST',
  path: '/api/runs/r/stop',
  headers: { host: HOST, cookie: COOKIE, 'x-console': '1', 'content-type': 'application/json', ...headers },
});

describe('the console answers', () => {
  it.each<[string, Asked]>([
    ['its page', reading({ origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })],
    ['by the other name of this machine', reading({ host: 'localhost:4680', origin: 'http://localhost:4680' })],
    ['who typed the address', reading({ 'sec-fetch-site': 'none' })],
    ['a program that has the key', reading()],
    ['the page itself without the key', reading({ cookie: undefined }, '/')],
    ['HEAD as GET', { ...reading(), method: 'HEAD' }],
    ['beside cookies of others', reading({ cookie: `a=b; ${COOKIE}; console-1=x` })],
    ['writing of its page', writing({ origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })],
    ['an upload', writing({ 'content-type': 'application/octet-stream' })],
    ['a type with its character set', writing({ 'content-type': 'Application/JSON; charset=utf-8' })],
  ])('%s', (_, asked) => {
    expect(refusal(asked, OWN)).toBeUndefined();
  });
});

describe('the console refuses', () => {
  it.each<[string, Asked, number]>([
    ['a Host of somebody else, as after DNS rebinding', reading({ host: 'evil.example:4680' }), 403],
    ['its own name at another port', reading({ host: '127.0.0.1:80' }), 403],
    ['its own address without the port', reading({ host: '127.0.0.1' }), 403],
    ['a request without Host', reading({ host: undefined }), 403],
    ['a foreign Host even for the page', reading({ host: 'evil.example' }, '/'), 403],
    ['an Origin of somebody else', reading({ origin: 'https://evil.example' }), 403],
    ['an Origin at another port', reading({ origin: 'http://127.0.0.1:8080' }), 403],
    ['an opaque Origin', reading({ origin: 'null' }), 403],
    ['the Origin of the other name', reading({ origin: 'http://localhost:4680' }), 403],
    ['a page of another site', reading({ 'sec-fetch-site': 'cross-site' }), 403],
    ['a page at another port of this machine', reading({ 'sec-fetch-site': 'same-site' }), 403],
    ['who has no key', reading({ cookie: undefined }), 403],
    ['a wrong key', reading({ cookie: 'console-4680=another' }), 403],
    ['a key that only begins so', reading({ cookie: 'console-4680=the-key-and-more' }), 403],
    ['the key of a console at another port', reading({ cookie: 'console-4681=the-key' }), 403],
    ['files of runs without the key', reading({ cookie: undefined }, '/runs/r/report.html'), 403],
    ['writing without the key', writing({ cookie: undefined }), 403],
    ['writing without its header, as a form sends', writing({ 'x-console': undefined }), 403],
    ['writing as a form', writing({ 'content-type': 'application/x-www-form-urlencoded' }), 400],
    ['writing as plain text', writing({ 'content-type': 'text/plain' }), 400],
    ['writing without a type', writing({ 'content-type': undefined }), 400],
    ['writing to the page', { ...writing({ cookie: undefined }), path: '/' }, 403],
    ['PUT', { ...writing(), method: 'PUT' }, 405],
    ['DELETE', { ...writing(), method: 'DELETE' }, 405],
    ['OPTIONS, so that no preflight goes well', { ...writing(), method: 'OPTIONS' }, 405],
  ])('%s', (_, asked, status) => {
    expect(refusal(asked, OWN)).toMatchObject({ status, message: expect.any(String) });
  });

  it('every Host but its own two', () => {
    const other = fc.string().filter((host) => !['127.0.0.1:4680', 'localhost:4680'].includes(host));
    fc.assert(fc.property(other, (host) => refusal(reading({ host }), OWN)?.status === 403));
  });
});

describe('the key', () => {
  it('is kept where no script reads it and no other site sends it', () => {
    expect(keyCookie(OWN)).toBe('console-4680=the-key; HttpOnly; SameSite=Strict; Path=/');
  });

  it('is itself alone, whatever is given', () => {
    expect(isKey('the-key', OWN)).toBe(true);
    fc.assert(fc.property(fc.string(), (given) => isKey(given, OWN) === (given === OWN.key)));
  });
});
