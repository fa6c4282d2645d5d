import { render } from 'preact';
import type { NowView } from '../api.ts';

function Console({ now }: { readonly now: NowView | undefined }) {
  return <main>{now?.callsPerSecond ?? 0}</main>;
}

render(<Console now={undefined} />, document.body);
