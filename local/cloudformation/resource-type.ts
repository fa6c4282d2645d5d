import { ACCOUNT, REGION } from '../service.ts';
import { isObject } from '../states/json.ts';
import { UnsupportedTemplate } from './assembly.ts';
import type { Identity } from './intrinsics.ts';
import type { StackModel } from './model.ts';

/** One resource of the template, its properties read one by one and resolved when they are. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** The name that the resource gets if the template gives none: stable, lower case, unique in the stack. */
  readonly defaultName: string;
  /** A property's value, undefined if it is absent. */
  value(property: string): unknown;
  /** @throws UnsupportedTemplate if the property is absent or no string. */
  text(property: string): string;
  optionalText(property: string): string | undefined;
  optionalNumber(property: string): number | undefined;
  /** A property that is a list of objects; empty if it is absent. */
  objects(property: string): readonly Readonly<Record<string, unknown>>[];
  readonly identity: Identity;
  /** The file or folder of an asset by its object key. */
  assetPath(objectKey: string): string;
}

/** How the embedded stack knows one type of resource. A property in neither list is refused when the template is loaded. */
export interface ResourceType {
  /** Properties that have their effect here. */
  readonly properties: readonly string[];
  /** Properties that change nothing that a run on a laptop could notice; `all` if nothing of the resource does. */
  readonly withoutEffect: readonly string[] | 'all';
  /** What Ref and GetAtt give: computed from names alone, so resources may refer to each other in any order. */
  identify(resource: Omit<Resource, 'identity'>): Identity;
  /** Adds what the resource is to the model. */
  build(resource: Resource, model: StackModel): void;
}

/** `arn:aws:<service>:<region>:<account>:<resource>` */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

/** Of resources whose Ref is their name: given in this property, or made up. */
export function identifyBy(property: string, arnOf?: (name: string) => string): ResourceType['identify'] {
  return (resource) => {
    const name = resource.optionalText(property) ?? resource.defaultName;
    return { ref: name, attributes: { ...(arnOf && { Arn: arnOf(name) }) } };
  };
}

/** Of resources that nothing refers to but as a whole. */
export const identifyByName: ResourceType['identify'] = ({ defaultName }) => ({ ref: defaultName, attributes: {} });

/** A policy of resources that AWS has as a resource of its own, in the property PolicyDocument. */
export function resourcePolicy(owners: string, arnOf: (owner: string) => string): ResourceType {
  return {
    properties: [owners, 'PolicyDocument'],
    withoutEffect: [],
    identify: identifyByName,
    build(resource, model) {
      const document = resource.value('PolicyDocument');
      for (const owner of [resource.value(owners)].flat()) {
        model.policies.push({ name: resource.logicalId, document, roles: [], resource: arnOf(String(owner)) });
      }
    },
  };
}

/**
 * The value as an object that has no other fields than these.
 *
 * @throws UnsupportedTemplate naming the field that is not known
 */
export function fieldsOf(value: unknown, where: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new UnsupportedTemplate(`${where} must be an object.`);
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown) throw new UnsupportedTemplate(`${where}: the embedded stack does not support '${unknown}'.`);
  return value;
}
