import { MAX_EXPORT_BYTES } from '../../../functions/split-export/limits.ts';
import { DEFAULT_STACK_NAME } from '../../connect/stack-options.ts';
import type { StackView } from '../api.ts';
import type { Host } from '../host.ts';
import { searchWords } from '../search-keys.ts';

export async function stackView({ stack }: Host): Promise<StackView> {
  const { clients, outputs, embeddedAt, stackName = DEFAULT_STACK_NAME } = stack;
  const mapping = stack.mapping();
  const isEmbedded = embeddedAt !== undefined;
  return {
    name: isEmbedded ? 'embedded stack' : stackName,
    isEmbedded,
    region: isEmbedded ? undefined : await clients.sfn.config.region(),
    exportBucket: outputs.ExportBucketName,
    domain: outputs.DomainName,
    objectType: outputs.ObjectTypeName,
    customerKeyField: mapping.definition.customerKey.field,
    searchedBy: searchWords(mapping),
    maxExportBytes: MAX_EXPORT_BYTES,
  };
}
