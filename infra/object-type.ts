import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { objectTypeProperties } from '../functions/shared/mapping/object-type.ts';
import type { MappingDefinition } from '../functions/shared/mapping/types.ts';

export interface ObjectTypeProps {
  readonly domainName: string;
  readonly definition: MappingDefinition;
  /** @default - the domain exists without the stack. */
  readonly domain?: CfnResource | undefined;
}

/**
 * The Customer Profiles object type that the mapping defines.
 *
 * Retained whatever happens to the stack once it is there: when an object type is deleted, AWS scrubs the profiles it filled. Changed fields and
 * keys update it in place; with another name or domain a new one is made and the old one stays.
 */
export class ObjectType extends Construct {
  constructor(scope: Construct, id: string, props: ObjectTypeProps) {
    super(scope, id);
    const resource = new CfnResource(this, 'ObjectType', {
      type: 'AWS::CustomerProfiles::ObjectType',
      properties: { ...objectTypeProperties(props.definition, props.domainName) },
    });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    if (props.domain) resource.node.addDependency(props.domain);
  }
}
