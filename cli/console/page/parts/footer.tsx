import type { StackView } from '../../api.ts';
import { TIME_ZONE } from '../times.ts';

/** What this page is about, and which times it shows. */
export function Footer({ stack }: { readonly stack: StackView }) {
  const { isEmbedded, region, exportBucket, domain, objectType } = stack;
  return (
    <footer class="foot">
      <span>{isEmbedded ? 'Embedded stack on this machine' : `AWS, ${region ?? 'Region not known'}`}</span>
      <span>
        Domain {domain}, object type {objectType}
      </span>
      <span>Exports in {exportBucket}</span>
      <span>Times in {TIME_ZONE}</span>
    </footer>
  );
}
