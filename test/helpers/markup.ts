/** A start tag of markup, with its attributes. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const VOID = new Set(['meta', 'br', 'hr', 'img', 'input', 'link']);

/**
 * The start tags of markup in order, self-closing ones of SVG included.
 *
 * @throws Error where it is not well-formed: an attribute without double quotes, a tag that is not closed in its place.
 */
export function tagsOf(markup: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  // What stands in <style> is no markup.
  const body = markup.replace(/(<style>)[^<]*(<\/style>)/, '$1$2').replace(/^<!doctype html>/, '');
  for (const [whole, end, name = '', rest = '', closes] of body.matchAll(
    /<(\/?)([a-z][a-z\d]*)((?: [^<>]*?)?)(\/?)>/gi,
  )) {
    if (end) {
      if (open.pop() !== name) throw new Error(`${whole} closes nothing.`);
      continue;
    }
    const attributes = [...rest.matchAll(/ ([a-zA-Z][\w-]*)="([^"]*)"/g)];
    if (attributes.map(([all]) => all).join('') !== rest) throw new Error(`${whole} has an attribute without quotes.`);
    tags.push({ name, attributes: Object.fromEntries(attributes.map(([, key, value]) => [key, value])) });
    if (!closes && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.join(', ')}.`);
  return tags;
}

/** What a reader sees of markup: its text without tags, style and titles, with entities resolved. */
export function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
  return markup
    .replace(/<(style|title)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => entities[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}
