import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { openSession } from '../../local/session.ts';
import type { Connected } from './aws.ts';
import { createClients } from './clients.ts';
import { checkedOutputs } from './connected-stack.ts';
import { hostSettings } from './host-settings.ts';
import { DEFAULT_MAPPING, type HostOptions, type StackOptions } from './stack-options.ts';

/** The domain that the embedded Customer Profiles makes; on AWS it is your own. */
const DOMAIN = 'local';

/**
 * Joins the embedded stack that another process hosts, else hosts it.
 *
 * @param deploys whether options that the user did not give are the defaults, as in a deployment; else they are those of the
 *   last start.
 * @throws StackError if a running one has other settings than the user asks for; UserError if they contradict; InvalidMapping.
 */
export async function connectToEmbedded(
  options: StackOptions & HostOptions,
  {
    stateDirectory,
    deploys,
    stream,
  }: { readonly stateDirectory: string; readonly deploys: boolean; readonly stream: NodeJS.WritableStream },
): Promise<Connected> {
  const { mapping = DEFAULT_MAPPING, fresh = false } = options;
  const { context, settings, insistsOn } = hostSettings(options);
  if (options.mapping || deploys) loadMapping(mapping);
  const session = await openSession({
    stateDirectory,
    context: {
      domainName: DOMAIN,
      // So that it has its dead-letter queue.
      createDomain: 'true',
      defaultExpirationDays: '366',
      mapping,
      ...context,
    },
    settings,
    insistsOn: [
      // Any other command takes the mapping that is deployed, as on AWS.
      ...(options.mapping && deploys ? ['mapping'] : []),
      ...insistsOn,
    ],
    asLastTime: !deploys,
    fresh,
    onHost: () => stream.write('Starting the embedded stack …\n'),
  });
  const { url, region, credentials } = session;
  const clients = createClients({ endpoint: url, region, credentials });
  return {
    clients,
    embeddedAt: url,
    outputs: checkedOutputs(session.outputs, 'of the embedded stack'),
    endsWithCommand: session.stack !== undefined,
    mapping: session.asked.mapping,
    async close() {
      clients.destroy();
      await session.close();
    },
  };
}
