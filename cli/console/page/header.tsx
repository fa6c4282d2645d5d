import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../../../functions/shared/words.ts';
import type { NowView, StackView } from '../api.ts';
import { Icon, type IconName } from './parts/icon.tsx';
import { linkTo, type Route } from './route.ts';
import { keepTheme, keptTheme, THEMES, type Theme } from './theme.ts';

export function Header(props: {
  readonly stack: StackView | undefined;
  readonly now: NowView | undefined;
  readonly route: Route;
  readonly onSearch: (text: string) => void;
}) {
  const { stack, now, route } = props;
  const notices = now?.openNotices ?? 0;
  const isOnRuns = route.page === 'runs' || route.page === 'run' || route.page === 'rejected';
  return (
    <header class="top">
      <a class="brand" href={linkTo({ page: 'runs' })}>
        <span class="brand-mark">
          <Icon name="mark" />
        </span>
        <span class="brand-name">{stack?.name ?? 'Profile sync'}</span>
      </a>
      <nav aria-label="Pages">
        <NavLink to={{ page: 'runs' }} isHere={isOnRuns}>
          Runs
        </NavLink>
        <NavLink to={{ page: 'customers' }} isHere={route.page === 'customers'}>
          Customers
        </NavLink>
        <NavLink to={{ page: 'notices' }} isHere={route.page === 'notices'}>
          Notices
          {notices > 0 && (
            <span class="count">
              {count(notices)}
              <span class="hidden"> open</span>
            </span>
          )}
        </NavLink>
      </nav>
      {route.page !== 'customers' && stack && <QuickSearch stack={stack} onSearch={props.onSearch} />}
      <RateGauge now={now} />
      <ThemeButton />
    </header>
  );
}

function NavLink(props: { readonly to: Route; readonly isHere: boolean; readonly children: ComponentChildren }) {
  return (
    <a href={linkTo(props.to)} {...(props.isHere && { 'aria-current': 'page' })}>
      {props.children}
    </a>
  );
}

function QuickSearch({ stack, onSearch }: { readonly stack: StackView; readonly onSearch: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      class="quick-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        onSearch(text.trim());
        setText('');
      }}
    >
      <Icon name="search" />
      <input
        type="search"
        aria-label="Find a customer"
        placeholder={`Customer: ${[stack.customerKeyField, ...stack.searchedBy].join(', ')}`}
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
    </form>
  );
}

/** Calls per second now against the limit in force. */
function RateGauge({ now }: { readonly now: NowView | undefined }) {
  if (!now) return <div class="gauge" />;
  const { limit, deployed } = now.rate;
  const calls = Math.round(now.callsPerSecond);
  const share = limit > 0 ? Math.min(1, now.callsPerSecond / limit) : 0;
  const why = now.whyLimited;
  return (
    <div class={why ? 'gauge limited' : 'gauge'}>
      <span class="gauge-words">
        <b>{count(calls)}</b> of {count(Math.round(limit))} calls/s
        {why && (
          <span class="gauge-why">
            {why}
            {!now.rate.paused && <span class="gauge-deployed">, deployed {count(deployed)}</span>}
          </span>
        )}
      </span>
      <span class="gauge-bar" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  );
}

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };

function ThemeButton() {
  const [theme, setTheme] = useState(keptTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Colours: ${theme}. Change to ${next}.`}
      title={`Colours: ${theme}`}
      onClick={() => {
        keepTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={THEME_ICONS[theme]} />
    </button>
  );
}
