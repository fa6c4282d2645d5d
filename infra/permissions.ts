import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

/** The service authorises PutProfileObject on the object type and, optionally, on its domain. */
export function putProfileObjects(stack: Stack, domainName: string, objectTypeName: string): PolicyStatement {
  const domain = stack.formatArn({
    service: 'profile',
    resource: 'domains',
    resourceName: domainName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return allow(['profile:PutProfileObject'], domain, `${domain}/object-types/${objectTypeName}`);
}
