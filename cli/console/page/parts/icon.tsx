/** Shapes of a state, so that its colour is not all that tells it. Strokes of a box of 16. */
const SHAPES = {
  running: 'M8 2.2a5.8 5.8 0 1 1-5.8 5.8',
  good: 'M3.2 8.6l3 3 6.6-7',
  bad: 'M4 4l8 8M12 4l-8 8',
  stopped: 'M4.5 4.5h7v7h-7z',
  clock: 'M8 2.2a5.8 5.8 0 1 0 .01 0M8 4.8V8l2.2 1.6',
  waiting: 'M5 8h.01M8 8h.01M11 8h.01',
  search: 'M7 2.7a4.3 4.3 0 1 0 .01 0M10.2 10.2l3.3 3.3',
  upload: 'M8 11V3M4.8 6L8 2.8 11.2 6M3 13.2h10',
  copy: 'M6 5.5h6.5v8H6zM3.5 10.5v-8H10',
  bell: 'M4 11.2V7a4 4 0 0 1 8 0v4.2l1 1.3H3zM6.8 14.2h2.4',
  moon: 'M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2a5.3 5.3 0 1 0 6.4 6.4z',
  sun: 'M8 5a3 3 0 1 0 .01 0M8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  );
}
