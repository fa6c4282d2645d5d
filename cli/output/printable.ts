/** Sequences that only colour what follows, as ours do; none hides it. */
const COLOUR = '\u001b\\[3[1-79]m';
/** Among them those that write what follows from the other side: a text would read otherwise than it is. */
const STEERING = '\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069';
const CONTROLS = new RegExp(`(${COLOUR})|[${STEERING}]`, 'g');

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
