import { useEffect, useState } from 'preact/hooks';
import { linkTo, type Route } from '../route.ts';

/** Pages that take what is dropped on them. */
const TAKES_FILES: readonly Route['page'][] = ['runs', 'rejected'];

/** Says of a file that is dropped on another page that nothing was done with it, and where to drop it. */
export function StrayFile({ page }: { readonly page: Route['page'] }) {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    setThere(false);
    if (TAKES_FILES.includes(page)) return;
    const drop = () => setThere(true);
    addEventListener('drop', drop);
    return () => removeEventListener('drop', drop);
  }, [page]);
  if (!isThere) return null;
  return (
    <p class="problem" role="alert">
      <span>
        Nothing was uploaded. Drop an export on <a href={linkTo({ page: 'runs' })}>Runs</a>, and a corrected file on the
        rejected rows of its run.
      </span>
    </p>
  );
}
