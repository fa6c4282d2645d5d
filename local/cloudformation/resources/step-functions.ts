import { readFileSync } from 'node:fs';
import { UnsupportedTemplate } from '../assembly.ts';
import { arn, fieldsOf, type Resource, type ResourceType } from '../resource-type.ts';

const OWN_KEY = 'AWS_OWNED_KEY';

export const stateMachine: ResourceType = {
  properties: [
    'StateMachineName',
    'StateMachineType',
    'DefinitionString',
    'DefinitionS3Location',
    'DefinitionSubstitutions',
    'RoleArn',
    'LoggingConfiguration',
    'EncryptionConfiguration',
  ],
  withoutEffect: ['TracingConfiguration', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('StateMachineName') ?? resource.defaultName;
    const stateMachineArn = arn('states', `stateMachine:${name}`);
    return { ref: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
  },
  build(resource, model) {
    const type = resource.optionalText('StateMachineType') ?? 'STANDARD';
    if (type !== 'STANDARD') {
      throw new UnsupportedTemplate(
        `${resource.logicalId}.StateMachineType: the embedded Step Functions has no ${type} executions.`,
      );
    }
    const encryption = resource.value('EncryptionConfiguration') ?? { Type: OWN_KEY };
    const { Type } = fieldsOf(encryption, `${resource.logicalId}.EncryptionConfiguration`, ['Type']);
    if (Type !== OWN_KEY) {
      throw new UnsupportedTemplate(
        `${resource.logicalId}: the embedded Step Functions has no ${Type}, only ${OWN_KEY}.`,
      );
    }
    const { Arn, Name } = resource.identity.attributes;
    model.stateMachines.push({
      name: String(Name),
      arn: String(Arn),
      definition: substituted(definitionText(resource), resource),
      roleArn: resource.text('RoleArn'),
      ...(hasLog(resource) && { logs: true }),
    });
  },
};

function hasLog(resource: Resource): boolean {
  const logging = resource.value('LoggingConfiguration') ?? {};
  const known = ['Destinations', 'IncludeExecutionData', 'Level'];
  const { Destinations = [], Level = 'OFF' } = fieldsOf(logging, `${resource.logicalId}.LoggingConfiguration`, known);
  return Level !== 'OFF' && [Destinations].flat().length > 0;
}

function definitionText(resource: Resource): string {
  const location = resource.value('DefinitionS3Location');
  if (location === undefined) return resource.text('DefinitionString');
  const { Key } = fieldsOf(location, `${resource.logicalId}.DefinitionS3Location`, ['Bucket', 'Key']);
  return readFileSync(resource.assetPath(String(Key)), 'utf8');
}

/** Puts the substitutions into the text, as CloudFormation does. A placeholder without one is refused: AWS would run it as it stands. */
function substituted(text: string, resource: Resource): string {
  const substitutions = (resource.value('DefinitionSubstitutions') ?? {}) as Record<string, unknown>;
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(substitutions, name)) {
      throw new UnsupportedTemplate(
        `${resource.logicalId}.DefinitionSubstitutions has nothing for '${name}' in the definition.`,
      );
    }
    return String(substitutions[name]);
  });
}
