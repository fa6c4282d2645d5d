/** Sequences that only colour what follows: ours. */
const COLOUR = '\u001b\\[[\\d;]*m';
const CONTROLS = new RegExp(`(${COLOUR})|[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f]`, 'g');

/**
 * Text that may hold customer data, for a terminal: whatever would steer it (move the cursor, set the title, answer as if
 * typed) stands as a visible sign. Newlines and colours stay.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (control, colour?: string) => colour ?? pictureOf(control));
}

/** As one line: newlines, too, stand as a sign. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '␤');
}

/** Of the Unicode block of control pictures, which has none for the second set of controls. */
function pictureOf(control: string): string {
  const code = control.codePointAt(0) ?? 0;
  if (code === 0x09) return ' ';
  if (code === 0x7f) return '␡';
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '�';
}
