import { useState } from 'preact/hooks';
import { count } from '../../../../functions/shared/words.ts';
import type { NowView, StackView } from '../../api.ts';
import { linkTo, type Route } from '../route.ts';
import { keepTheme, keptTheme, THEMES, type Theme } from '../theme.ts';
import { CustomerForm } from './customer-form.tsx';
import { Icon, type IconName } from './icon.tsx';

export function Header({
  route,
  stack,
  now,
  onSearch,
}: {
  readonly route: Route;
  readonly stack: StackView | undefined;
  readonly now: NowView | undefined;
  readonly onSearch: (text: string) => void;
}) {
  const open = now?.openNotices ?? 0;
  const current = (...pages: Route['page'][]) => (pages.includes(route.page) ? 'page' : undefined);
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href={linkTo({ page: 'runs' })}>
          Profile sync <span>{stack?.name ?? ''}</span>
        </a>
        <nav aria-label="Pages">
          <a href={linkTo({ page: 'runs' })} aria-current={current('runs', 'run', 'rejected')}>
            Runs
          </a>
          <a href={linkTo({ page: 'customers' })} aria-current={current('customers')}>
            Customers
          </a>
          <a href={linkTo({ page: 'notices' })} aria-current={current('notices')}>
            Notices
            {open > 0 && (
              <span class="count">
                {count(open)}
                <span class="unseen"> open</span>
              </span>
            )}
          </a>
        </nav>
        <RateGauge now={now} />
        <Search onSearch={onSearch} />
        <ThemeButton />
      </div>
    </header>
  );
}

function RateGauge({ now }: { readonly now: NowView | undefined }) {
  if (!now) return <div class="gauge" />;
  const { callsPerSecond, rate, whyLimited } = now;
  const share = rate.limit > 0 ? Math.min(1, callsPerSecond / rate.limit) : 0;
  return (
    <div
      class="gauge"
      title="Calls per second of all runs at work, on average over the last 20 seconds, and the limit in force"
    >
      <span>
        <b>{Math.round(callsPerSecond)}</b> of {Math.round(rate.limit)} calls/s
        {whyLimited && <em>{whyLimited}</em>}
      </span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="rest" width="100" height="4" />
        <rect class="used" width={share * 100} height="4" />
      </svg>
    </div>
  );
}

function Search({ onSearch }: { readonly onSearch: (text: string) => void }) {
  return (
    <search>
      <CustomerForm look="search" field="customer" onSearch={onSearch}>
        <Icon name="search" />
        <input
          name="customer"
          type="search"
          aria-label="Find a customer"
          placeholder="Find a customer"
          autocomplete="off"
          spellcheck={false}
        />
      </CustomerForm>
    </search>
  );
}

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };

function ThemeButton() {
  const [theme, setTheme] = useState(keptTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const words = (of: Theme) => (of === 'system' ? 'as the system has it' : of);
  const label = `Colours: ${words(theme)}. Change to ${words(next)}`;
  return (
    <button
      type="button"
      class="quiet theme"
      aria-label={label}
      title={label}
      onClick={() => {
        keepTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={THEME_ICONS[theme]} />
    </button>
  );
}
