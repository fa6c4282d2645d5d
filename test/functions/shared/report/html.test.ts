import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../../functions/shared/report/html.ts';

describe('a template of markup', () => {
  it('escapes every value, in text and in attributes', () => {
    const evil = `<b title='x' id="y">&amp;`;
    expect(html`<p title="${evil}">${evil}</p>`.markup).toBe(
      '<p title="&lt;b title=&#39;x&#39; id=&quot;y&quot;&gt;&amp;amp;">&lt;b title=&#39;x&#39; id=&quot;y&quot;&gt;&amp;amp;</p>',
    );
  });

  it('lets markup of its own pass, alone and in lists', () => {
    const items = ['<', '>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}${[items]}</ul>`.markup).toBe(
      '<ul><li>&lt;</li><li>&gt;</li><li>&lt;</li><li>&gt;</li></ul>',
    );
  });

  it('leaves nothing of what is not there, and keeps a zero', () => {
    expect(html`[${undefined}${false}${[]}${0}]`.markup).toBe('[0]');
  });

  it('lets no string make a tag or end an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']/);
      }),
    );
  });
});
