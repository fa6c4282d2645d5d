/** What a screen reader is to say, besides what has the focus: changes of state, never each tick. */
export const ANNOUNCER_ID = 'announcer';

export function announce(text: string): void {
  const announcer = document.getElementById(ANNOUNCER_ID);
  if (announcer) announcer.textContent = text;
}
