import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { NowView, StackView } from '../api.ts';
import { ANNOUNCER_ID } from './announce.ts';
import { at, lacksKey } from './client.ts';
import { Footer } from './parts/footer.tsx';
import { Header } from './parts/header.tsx';
import { Away, Problem } from './parts/problem.tsx';
import { StrayFile } from './parts/stray-file.tsx';
import { NEVER } from './poller.ts';
import { linkTo, type Route } from './route.ts';
import { applyTheme, keptTheme } from './theme.ts';
import { usePolled } from './use-polled.ts';
import { useRoute } from './use-route.ts';
import { Customers } from './views/customers.tsx';
import { Notices } from './views/notices.tsx';
import { Rejected } from './views/rejected.tsx';
import { Run } from './views/run.tsx';
import { Runs } from './views/runs.tsx';

const WHILE_AT_WORK_MS = 1_000;
const ELSE_MS = 3_000;

const TITLES: Readonly<Record<Route['page'], string>> = {
  runs: 'Runs',
  run: 'Run',
  rejected: 'Rejected rows',
  customers: 'Customers',
  notices: 'Notices',
  unknown: 'No such page',
};

function Console() {
  const route = useRoute();
  const stack = usePolled<StackView>(at.stack, () => NEVER);
  const now = usePolled<NowView>(at.now, ({ runsAtWork }) => (runsAtWork > 0 ? WHILE_AT_WORK_MS : ELSE_MS));
  const [search, setSearch] = useState({ text: '', number: 0 });
  const find = (text: string) => {
    setSearch(({ number }) => ({ text, number: number + 1 }));
    location.hash = linkTo({ page: 'customers' });
  };
  const main = useFocusOnArrival(route);
  if (lacksKey(stack.error)) {
    return (
      <main class="alone">
        <h1>This page needs its key</h1>
        <Problem error={stack.error} />
      </main>
    );
  }
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.querySelector('h1')?.focus()}>
        Skip to the content
      </button>
      <Header route={route} stack={stack.value} now={now.value} onSearch={find} />
      <main ref={main}>
        <Away of={now} />
        <StrayFile page={route.page} />
        {route.page === 'runs' && <Runs state={route.state} stack={stack.value} />}
        {route.page === 'run' && <Run key={route.runId} runId={route.runId} />}
        {route.page === 'rejected' && <Rejected route={route} stack={stack.value} onSearch={find} />}
        {route.page === 'customers' && <Customers search={search} stack={stack.value} onSearch={find} />}
        {route.page === 'notices' && <Notices />}
        {route.page === 'unknown' && (
          <>
            <h1 tabIndex={-1}>There is no such page</h1>
            <a href={linkTo({ page: 'runs' })}>To the runs</a>
          </>
        )}
      </main>
      {stack.value && <Footer stack={stack.value} />}
      <div id={ANNOUNCER_ID} class="unseen" aria-live="polite" />
    </>
  );
}

/** Another page begins at its heading, for the keyboard and for a screen reader. */
function useFocusOnArrival(route: Route) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const place = route.page === 'run' || route.page === 'rejected' ? `${route.page} ${route.runId}` : route.page;
  // Of the route only the place counts, not its filters.
  useEffect(() => {
    document.title = `${TITLES[route.page]} – Profile sync`;
    if (!isFirst.current) {
      scrollTo(0, 0);
      main.current?.querySelector('h1')?.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [place]);
  return main;
}

applyTheme(keptTheme());
// A file that is dropped where nothing takes it would replace the page.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault());
const place = document.getElementById('page');
if (place) render(<Console />, place);
