import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { ProfileSyncStack } from '../../infra/profile-sync-stack.ts';
import { readSettings } from '../../infra/settings.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The template with these context values, as infra/app.ts makes it, but without the bundles of the functions. */
export function synthesized(context: Readonly<Record<string, unknown>> = {}): Template {
  const app = new App({
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], domainName: 'demo', ...context },
    analyticsReporting: false,
  });
  return Template.fromStack(new ProfileSyncStack(app, 'ProfileSync', readSettings(app.node)));
}

/** Resources of a type by their readable names. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  const resources = template.findResources(type) as Readonly<Record<string, Resource>>;
  return Object.entries(resources).map(([id, resource]) => [withoutHash(id), resource]);
}

export function resourceNamed(template: Template, type: string, name: string): Resource {
  const found = resourcesOf(template, type).find(([id]) => id === name);
  if (!found) throw new Error(`The template has no ${type} named ${name}.`);
  return found[1];
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Each action of a role with each of its resources. */
export function allowed(template: Template, role: string): string[] {
  const { Properties } = resourceNamed(template, 'AWS::IAM::Policy', `${role}DefaultPolicy`);
  const { Statement } = readable(Properties.PolicyDocument) as { readonly Statement: readonly Statement[] };
  return Statement.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)),
  );
}

/** A value of the template in words: references become the name of what they refer to, joins become text. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const [entry] = Object.entries(value);
  if (entry?.[0] === 'Ref') return `<${withoutHash(String(entry[1]))}>`;
  if (entry?.[0] === 'Fn::GetAtt' && Array.isArray(entry[1])) return `<${withoutHash(String(entry[1][0]))}>`;
  if (entry?.[0] === 'Fn::Join' && Array.isArray(entry[1]))
    return [readable(entry[1][1])].flat().join(String(entry[1][0]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** CDK ends its logical ids with a hash of the path. */
function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
