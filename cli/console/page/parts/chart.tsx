import { useEffect, useRef, useState } from 'preact/hooks';
import type { Html } from '../../../../functions/shared/report/html.ts';

/** A chart of the report, drawn as wide as there is room. */
export function Chart({ draw }: { readonly draw: (width: number) => Html }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(current.clientWidth)));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const markup = { __html: width > 0 ? draw(width).markup : '' };
  // biome-ignore lint/security/noDangerouslySetInnerHtml: Html is made by a template that escapes every value
  return <div class="chart-box" ref={box} dangerouslySetInnerHTML={markup} />;
}
