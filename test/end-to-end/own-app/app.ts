import { App } from 'aws-cdk-lib';
import { CrmStack } from './crm-stack.ts';

new CrmStack(new App(), 'Crm');
