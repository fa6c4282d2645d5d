import { count } from '../../words.ts';
import { type Html, type HtmlValue, html } from '../html.ts';

/** A part of the report under a heading of its own. */
export function section(id: string, heading: string, content: HtmlValue): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content}
</section>
`;
}

export interface Column {
  readonly heading: string;
  /** Numbers stand to the right; prose has a line of its own on a narrow page. */
  readonly is?: 'number' | 'prose';
}

/** @param rows the first cell of each is its heading. */
export function table(columns: readonly Column[], rows: readonly (readonly HtmlValue[])[]): Html {
  const className = (index: number): string => columns[index]?.is ?? 'text';
  const head = columns.map(({ heading }, index) => html`<th scope="col" class="${className(index)}">${heading}</th>`);
  const body = rows.map((cells) => {
    const [first, ...rest] = cells.map((cell) => (typeof cell === 'number' ? count(cell) : cell));
    const data = rest.map((cell, index) => html`<td class="${className(index + 1)}">${cell}</td>`);
    return html`<tr><th scope="row" class="${className(0)}">${first}</th>${data}</tr>
`;
  });
  // Reached by the keyboard, which scrolls it on a narrow page.
  const label = `Table: ${columns.map(({ heading }) => heading).join(', ')}`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** Facts as pairs of a name and what is to say of it; those without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  const known = pairs.filter(([, value]) => value !== undefined && value !== false);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

/** The same chart for a wide page and, in its own proportions, for a narrow one: the style shows one of them. */
export function responsive(chart: (width: number) => Html): Html {
  return html`<div class="wide">${chart(880)}</div><div class="narrow">${chart(340)}</div>
`;
}

/** A command to copy. */
export function command(line: string): Html {
  // A browser would break an option between its two hyphens.
  const words = line
    .split(' ')
    .map((word) => (word.startsWith('--') ? html`<span class="option">${word}</span> ` : `${word} `));
  return html`<pre><code>${words}</code></pre>
`;
}
