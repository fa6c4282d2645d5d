import { ACCOUNT, REGION } from '../service.ts';
import { isObject } from '../states/json.ts';
import { type Template, UnsupportedTemplate } from './assembly.ts';

/** What `Ref` and `Fn::GetAtt` of a resource give. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Replaces intrinsic functions by their values, wherever they stand. */
export interface Resolver {
  /** `where` names the place in messages, e.g. `ExportBucket.BucketName`. */
  resolve(value: unknown, where: string): unknown;
  condition(name: string): boolean;
}

type Intrinsic = (argument: unknown, where: string) => unknown;

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * A function that is not in the table below is refused by name.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 *
 * @throws UnsupportedTemplate
 */
export function createResolver(
  stackName: string,
  template: Template,
  identify: (logicalId: string) => Identity,
): Resolver {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': stackIdOf(stackName),
    'AWS::NoValue': NO_VALUE,
  };

  function ref(name: string): unknown {
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (!parameter) return identify(name).ref;
    if (parameter.Default === undefined)
      throw new UnsupportedTemplate(`The template parameter ${name} has no default.`);
    return parameter.Default;
  }

  function attribute(logicalId: string, name: string, where: string): string {
    const value = identify(logicalId).attributes[name];
    if (value === undefined) {
      const type = template.Resources[logicalId]?.Type;
      throw new UnsupportedTemplate(
        `${where}: the embedded stack has no attribute '${name}' of ${logicalId} (${type}).`,
      );
    }
    return value;
  }

  function substitute(argument: unknown, where: string): string {
    const [text, variables] = Array.isArray(argument) ? [argument[0], evaluate(argument[1], where)] : [argument, {}];
    if (typeof text !== 'string' || !isObject(variables)) throw misused('Fn::Sub', where);
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return String(variables[name]);
      const dot = name.indexOf('.');
      return dot < 0 ? String(ref(name)) : attribute(name.slice(0, dot), name.slice(dot + 1), where);
    });
  }

  const list = (name: string, argument: unknown, where: string): unknown[] => {
    const value = evaluate(argument, where);
    if (!Array.isArray(value)) throw misused(name, where);
    return value;
  };

  const intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument, where) => (typeof argument === 'string' ? ref(argument) : fail(misused('Ref', where))),
    'Fn::GetAtt': (argument, where) => {
      const [logicalId, name] =
        typeof argument === 'string' ? argument.split('.', 2) : list('Fn::GetAtt', argument, where);
      return attribute(String(logicalId), String(name), where);
    },
    'Fn::Sub': substitute,
    'Fn::Join': (argument, where) => {
      const [separator, parts] = list('Fn::Join', argument, where);
      return Array.isArray(parts) ? parts.map(String).join(String(separator)) : fail(misused('Fn::Join', where));
    },
    'Fn::Select': (argument, where) => {
      const [index, values] = list('Fn::Select', argument, where);
      const value: unknown = Array.isArray(values) ? values[Number(index)] : undefined;
      return value === undefined ? fail(misused('Fn::Select', where)) : value;
    },
    'Fn::Split': (argument, where) => {
      const [separator, text] = list('Fn::Split', argument, where);
      return String(text).split(String(separator));
    },
    'Fn::FindInMap': (argument, where) => {
      const names = list('Fn::FindInMap', argument, where).map(String);
      const found = names.reduce<unknown>((map, name) => (isObject(map) ? map[name] : undefined), template.Mappings);
      return found === undefined ? fail(misused('Fn::FindInMap', where)) : found;
    },
    'Fn::If': (argument, where) => {
      if (!Array.isArray(argument) || argument.length !== 3) throw misused('Fn::If', where);
      return evaluate(argument[condition(String(argument[0])) ? 1 : 2], where);
    },
    'Fn::Equals': (argument, where) => {
      const [one, other] = list('Fn::Equals', argument, where);
      return JSON.stringify(one) === JSON.stringify(other);
    },
    'Fn::And': (argument, where) => list('Fn::And', argument, where).every(Boolean),
    'Fn::Or': (argument, where) => list('Fn::Or', argument, where).some(Boolean),
    'Fn::Not': (argument, where) => !list('Fn::Not', argument, where)[0],
  };

  function condition(name: string): boolean {
    const definition = template.Conditions?.[name];
    if (definition === undefined) throw new UnsupportedTemplate(`The template has no condition '${name}'.`);
    return evaluate(definition, `Conditions.${name}`) === true;
  }

  function evaluate(value: unknown, where: string): unknown {
    if (Array.isArray(value)) return value.map((entry) => evaluate(entry, where)).filter((entry) => entry !== NO_VALUE);
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries.length === 1 && entries[0] ? entries[0] : [''];
    if (name === 'Condition' && where.startsWith('Conditions.')) return condition(String(argument));
    if (name === 'Ref' || name.startsWith('Fn::')) {
      const intrinsic = intrinsics[name];
      if (!intrinsic) throw new UnsupportedTemplate(`${where}: the embedded stack does not support ${name}.`);
      return intrinsic(argument, where);
    }
    const values = entries.map(([key, entry]) => [key, evaluate(entry, `${where}.${key}`)] as const);
    return Object.fromEntries(values.filter(([, entry]) => entry !== NO_VALUE));
  }

  return {
    condition,
    resolve(value, where) {
      const resolved = evaluate(value, where);
      return resolved === NO_VALUE ? undefined : resolved;
    },
  };
}

function misused(name: string, where: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${where}: ${name} is not used as CloudFormation has it.`);
}

function fail(error: Error): never {
  throw error;
}

export function stackIdOf(stackName: string): string {
  return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/embedded`;
}
