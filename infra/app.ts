import { App } from 'aws-cdk-lib';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT, PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import cdkJson from '../cdk.json' with { type: 'json' };
import { ProfileSyncError } from '../functions/shared/errors.ts';
import { ProfileSyncStack } from './profile-sync-stack.ts';
import { readSettings } from './settings.ts';

// The same template whoever runs this file: the CDK CLI hands over the flags of cdk.json and asks for the metadata, a plain
// `node infra/app.ts` gets them here. The usage report would add a resource to the CLI's template alone.
const app = new App({
  context: {
    ...cdkJson.context,
    [PATH_METADATA_ENABLE_CONTEXT]: true,
    [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: true,
  },
  analyticsReporting: false,
});

try {
  new ProfileSyncStack(app, 'ProfileSync', {
    description: "Keeps Amazon Connect Customer Profiles in step with a company's own customer data.",
    ...readSettings(app.node),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof ProfileSyncError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  // Else the app would be synthesized all the same at the end, and complain of being empty.
  process.exit(1);
}
