import { useEffect, useRef, useState } from 'preact/hooks';
import type { Html } from '../../../../functions/shared/report/html.ts';

/** A chart of the report's own modules, drawn for the width that there is. They escape all that they are given. */
export function Chart({ draw }: { readonly draw: (width: number) => Html }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!place.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={place} dangerouslySetInnerHTML={{ __html: width > 0 ? draw(width).markup : '' }} />;
}
