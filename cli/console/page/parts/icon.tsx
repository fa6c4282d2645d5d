/** Line drawings in a square of 16. They only repeat what a word beside them says, so they are hidden from screen readers. */
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  ring: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  pause: 'M6 4.5v7M10 4.5v7',
  dash: 'M4 8h8',
  upload: 'M8 10.5v-7M5 6l3-3 3 3M3 12.5h10',
  download: 'M8 3v7M5 7.5l3 3 3-3M3 13h10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3',
  copy: 'M6 5.5h6.5v8H6zM4 10.5H3.5v-8H10V3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
  screen: 'M2.5 3.5h11v7.5h-11zM6 13.5h4',
  again: 'M12.8 6A5 5 0 1 0 13 9.2M13 3v3h-3',
  page: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  alert: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.1',
  mark: 'M3.5 5.8h8L9.3 3.6M12.5 10.2h-8l2.2 2.2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, turns = false }: { readonly name: IconName; readonly turns?: boolean }) {
  return (
    <svg class={turns ? 'icon turns' : 'icon'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
