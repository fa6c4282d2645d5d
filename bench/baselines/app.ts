import { App } from 'aws-cdk-lib';
import { BaselineStack } from './baseline-stack.ts';

/** `-c baseline=loop|parallel|map`, and settings to try others than the tuned ones. */
const app = new App();
new BaselineStack(app, 'Baseline', app.node.getContext('baseline'));
app.synth();
