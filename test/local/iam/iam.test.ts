import { describe, expect, it } from 'vitest';
import type { PolicyModel } from '../../../local/cloudformation/model.ts';
import type { Access, Principal } from '../../../local/iam/access.ts';
import { createIam } from '../../../local/iam/iam.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const WORKER = { role: ROLE, service: 'lambda.amazonaws.com', session: 'worker-function' };
const EVENTS: Principal = { service: 'events.amazonaws.com' };
const BUCKET = 'arn:aws:s3:::exports';
const OBJECT = `${BUCKET}/in/a.csv`;

const trust: PolicyModel = {
  name: 'Trust',
  document: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: WORKER.service } } },
  roles: [],
  resource: ROLE,
};
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const ofRole = (...Statement: object[]): PolicyModel => ({
  name: 'Own',
  document: { Version: '2012-10-17', Statement },
  roles: ['worker'],
});
const ofResource = (resource: string, ...Statement: object[]): PolicyModel => ({
  name: 'OfResource',
  document: { Version: '2012-10-17', Statement },
  roles: [],
  resource,
});

/** Why the call is refused under these policies; undefined if it is allowed. */
function refusal(policies: readonly PolicyModel[], access: Access, who: Principal = WORKER): string | undefined {
  const iam = createIam({ userKey: 'local' });
  iam.putPolicies([trust, ...policies]);
  return iam.refuse(who, access);
}

const get: Access = { action: 's3:GetObject', resource: OBJECT };

describe('a statement of a role allows', () => {
  it.each<[string, object, Access]>([
    ['its action on its resource', allow('s3:GetObject', OBJECT), get],
    [
      'each of its actions on each of its resources',
      allow(['s3:PutObject', 's3:GetObject'], ['arn:aws:s3:::b/*', OBJECT]),
      get,
    ],
    ['actions in any case', allow('S3:getobject', OBJECT), get],
    ['what its stars stand for', allow('s3:Get*', `${BUCKET}/*`), get],
    ['any character for a question mark', allow('s3:GetObjec?', `${BUCKET}/in/?.csv`), get],
    ['everything by a star', allow('*', '*'), get],
    [
      'an action on no resource by a star',
      allow('states:ListStateMachines', '*'),
      { action: 'states:ListStateMachines', resource: '*' },
    ],
    [
      'a star over colons in the last part of an ARN',
      allow('states:DescribeExecution', 'arn:aws:states:us-east-1:000000000000:execution:*'),
      { action: 'states:DescribeExecution', resource: 'arn:aws:states:us-east-1:000000000000:execution:machine:run' },
    ],
  ])('%s', (_, statement, access) => {
    expect(refusal([ofRole(statement)], access)).toBeUndefined();
  });
});

describe('a statement of a role does not allow', () => {
  it.each<[string, object, Access]>([
    ['another action', allow('s3:PutObject', OBJECT), get],
    [
      'an action that only begins alike',
      allow('s3:GetObject', OBJECT),
      { action: 's3:GetObjectVersion', resource: OBJECT },
    ],
    ['another resource', allow('s3:GetObject', `${BUCKET}/in/b.csv`), get],
    ['a resource in other case', allow('s3:GetObject', `${BUCKET}/IN/a.csv`), get],
    ['objects, if it is of the bucket', allow('s3:GetObject', BUCKET), get],
    ['a dot for any character', allow('s3:GetObject', `${BUCKET}/in.a.csv`), get],
    [
      'the chunks of a Map Run, if it is of runs',
      allow('states:DescribeExecution', 'arn:aws:states:us-east-1:000000000000:execution:machine:*'),
      { action: 'states:DescribeExecution', resource: 'arn:aws:states:us-east-1:000000000000:execution:machine/Map:1' },
    ],
    [
      'what its star reaches only over the colons between the parts of an ARN',
      allow('sns:Publish', 'arn:aws:sns:*:000000000000:alarms'),
      { action: 'sns:Publish', resource: 'arn:aws:sns:us-east-1:x:000000000000:alarms' },
    ],
    [
      'what a call without the condition key asks',
      allow('s3:ListBucket', BUCKET, { Condition: { StringLike: { 's3:prefix': 'runs/*' } } }),
      { action: 's3:ListBucket', resource: BUCKET },
    ],
  ])('%s', (_, statement, access) => {
    expect(refusal([ofRole(statement)], access)).toContain(
      `because no identity-based policy allows the ${access.action} action`,
    );
  });
});

describe('a condition', () => {
  const context = { 's3:prefix': 'runs/1/', 'aws:sourcearn': 'arn:aws:events:us-east-1:000000000000:rule/failed' };
  it.each<[string, object, boolean]>([
    ['StringLike', { StringLike: { 's3:prefix': 'runs/*' } }, true],
    ['StringLike', { StringLike: { 's3:prefix': 'results/*' } }, false],
    ['StringLike of several values', { StringLike: { 's3:prefix': ['x', 'runs/?/'] } }, true],
    ['StringEquals', { StringEquals: { 's3:prefix': 'runs/1/' } }, true],
    ['StringEquals, for which a star is a star,', { StringEquals: { 's3:prefix': 'runs/*' } }, false],
    ['StringEquals of what only services have', { StringEquals: { 'aws:SourceAccount': '000000000000' } }, false],
    ['ArnLike', { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:*:*:rule/fail*' } }, true],
    ['ArnEquals', { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/other' } }, false],
    ['Bool, as all calls count as made with TLS,', { Bool: { 'aws:SecureTransport': 'true' } }, true],
    ['Bool', { Bool: { 'aws:SecureTransport': false } }, false],
    [
      'all of several keys and operators',
      { StringLike: { 's3:prefix': '*' }, Bool: { 'aws:SecureTransport': 'true' } },
      true,
    ],
    ['one of them failing', { StringLike: { 's3:prefix': '*' }, Bool: { 'aws:SecureTransport': 'false' } }, false],
  ])('%s %j holds: %s', (_, Condition, holds) => {
    const refused = refusal([ofRole(allow('*', '*', { Condition }))], { ...get, context });
    expect(refused === undefined).toBe(holds);
  });
});

describe('an explicit Deny', () => {
  const deny = { Effect: 'Deny', Action: 's3:*', Resource: [BUCKET, `${BUCKET}/*`] };
  it('of the role wins over every Allow', () => {
    const refused = refusal([ofRole(allow('*', '*'), deny)], get);
    expect(refused).toContain('with an explicit deny in an identity-based policy');
  });

  it('of the resource wins over every Allow', () => {
    const policies = [ofRole(allow('*', '*')), ofResource(BUCKET, { ...deny, Principal: { AWS: '*' } })];
    expect(refusal(policies, get)).toContain('with an explicit deny in a resource-based policy');
  });

  it('of calls without TLS refuses none here', () => {
    const insecure = { ...deny, Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(refusal([ofRole(allow('*', '*')), ofResource(BUCKET, insecure)], get)).toBeUndefined();
  });
});

describe("a resource's own policy", () => {
  const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:report';
  const invoke = { action: 'lambda:InvokeFunction', resource: FUNCTION };
  const fromRule = (rule: string): Access => ({
    ...invoke,
    context: { 'aws:sourcearn': `arn:aws:events:us-east-1:000000000000:rule/${rule}` },
  });
  const permission = ofResource(FUNCTION, {
    ...allow('lambda:InvokeFunction', FUNCTION),
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/failed' } },
  });

  it('lets a service in, from the source that it names', () => {
    expect(refusal([permission], fromRule('failed'), EVENTS)).toBeUndefined();
    expect(refusal([permission], fromRule('other'), EVENTS)).toBe(
      `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION} because no resource-based policy allows the lambda:InvokeFunction action`,
    );
  });

  it('lets no other service and no role in', () => {
    expect(refusal([permission], fromRule('failed'), { service: 's3.amazonaws.com' })).toContain('s3.amazonaws.com');
    expect(refusal([permission], fromRule('failed'))).toContain('no identity-based policy');
  });

  it('lets in a role that it names', () => {
    const named = (arn: string) => ofResource(BUCKET, { ...allow('s3:GetObject', OBJECT), Principal: { AWS: arn } });
    expect(refusal([named(ROLE)], get)).toBeUndefined();
    expect(refusal([named(`${ROLE}-two`)], get)).toContain('s3:GetObject');
  });

  it('says nothing of other resources', () => {
    const all = { ...allow('s3:*', '*'), Principal: '*' };
    expect(refusal([ofResource(BUCKET, all)], get)).toBeUndefined();
    expect(refusal([ofResource(BUCKET, all)], { ...get, resource: 'arn:aws:s3:::exports-2/a' })).toBeDefined();
  });
});

describe("a key's policy", () => {
  const KEY = 'arn:aws:kms:us-east-1:000000000000:key/k';
  const decrypt: Access = { action: 'kms:Decrypt', resource: KEY };
  const own = ofRole(allow('kms:Decrypt', KEY));
  const forTheAccount = { ...allow('kms:*', '*'), Principal: { AWS: 'arn:aws:iam::000000000000:root' } };
  const named = { ...allow('kms:Decrypt', '*'), Principal: { AWS: ROLE } };

  it.each<[string, PolicyModel[], string | undefined]>([
    ['nobody, if it does not say so', [own, ofResource(KEY)], 'no resource-based policy'],
    ['a role that it names', [ofResource(KEY, named)], undefined],
    ['no role, if it leaves that to the account', [ofResource(KEY, forTheAccount)], 'no identity-based policy'],
    ['a role whose policies do, if it leaves that to the account', [own, ofResource(KEY, forTheAccount)], undefined],
    [
      'no role for other calls than those that it leaves to the account',
      [own, ofResource(KEY, { ...forTheAccount, Action: 'kms:Describe*' })],
      'no resource-based policy',
    ],
    [
      'no role that it denies, with all of the account',
      [own, ofResource(KEY, named, forTheAccount, { ...forTheAccount, Effect: 'Deny' })],
      'explicit deny in a resource-based policy',
    ],
  ])('lets in %s', (_, policies, words) => {
    const refused = refusal(policies, decrypt);
    if (words === undefined) expect(refused).toBeUndefined();
    else expect(refused).toContain(words);
  });

  it('lets in a service for the service and the log group that it names', () => {
    const logs: Principal = { service: 'logs.us-east-1.amazonaws.com' };
    const group = 'arn:aws:logs:us-east-1:000000000000:log-group:';
    const Condition = {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `${group}mine-*` },
      StringEquals: { 'kms:ViaService': 'logs.us-east-1.amazonaws.com', 'aws:SourceAccount': '000000000000' },
    };
    const policy = ofResource(KEY, { ...named, Principal: { Service: 'logs.us-east-1.amazonaws.com' }, Condition });
    const context = { 'kms:viaservice': 'logs.us-east-1.amazonaws.com' };
    const of = (name: string) => ({ ...context, 'kms:encryptioncontext:aws:logs:arn': `${group}${name}` });
    expect(refusal([policy], { ...decrypt, context: of('mine-1') }, logs)).toBeUndefined();
    expect(refusal([policy], { ...decrypt, context: of('other') }, logs)).toContain('no resource-based policy');
    expect(refusal([policy], { ...decrypt, context }, logs)).toContain('no resource-based policy');
    expect(refusal([ofResource(KEY, forTheAccount)], decrypt, logs)).toContain('no resource-based policy');
  });
});

describe('who listens hears by which statements a call is allowed:', () => {
  const KEY = 'arn:aws:kms:us-east-1:000000000000:key/k';
  const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:report';
  const root = { AWS: 'arn:aws:iam::000000000000:root' };

  function heard(policies: readonly PolicyModel[], access: Access, who: Principal): string[] {
    const told: string[] = [];
    const onAllowed = (_: Principal, { action }: Access, by: { policy: string; statement: number }) =>
      told.push(`${action} by ${by.policy} ${by.statement}`);
    const iam = createIam({ userKey: 'local', onAllowed });
    iam.putPolicies([trust, ...policies]);
    iam.refuse({ accessKeyId: 'local' }, access);
    expect(told).toEqual([]);
    iam.refuse(who, access);
    return told;
  }

  it('of the role, and of the trust in whoever assumes it', () => {
    const own = ofRole(allow('s3:PutObject', OBJECT), allow('s3:GetObject', OBJECT), allow('s3:Get*', '*'));
    expect(heard([own], get, WORKER)).toEqual([
      'sts:AssumeRole by Trust 0',
      's3:GetObject by Own 1',
      's3:GetObject by Own 2',
    ]);
  });

  it('of a resource', () => {
    const permission = { ...allow('lambda:InvokeFunction', FUNCTION), Principal: { Service: 'events.amazonaws.com' } };
    const invoke = { action: 'lambda:InvokeFunction', resource: FUNCTION };
    expect(heard([ofResource(FUNCTION, permission)], invoke, EVENTS)).toEqual([
      'lambda:InvokeFunction by OfResource 0',
    ]);
  });

  it('of a key that leaves the call to the account, and of the role', () => {
    const policies = [ofRole(allow('kms:*', KEY)), ofResource(KEY, { ...allow('kms:*', '*'), Principal: root })];
    expect(heard(policies, { action: 'kms:Decrypt', resource: KEY }, WORKER)).toEqual([
      'sts:AssumeRole by Trust 0',
      'kms:Decrypt by OfResource 0',
      'kms:Decrypt by Own 0',
    ]);
  });

  it('of nothing if the call is refused', () => {
    const deny = { ...allow('s3:*', '*'), Effect: 'Deny' };
    expect(heard([ofRole(allow('s3:*', '*'), deny)], get, WORKER)).toEqual(['sts:AssumeRole by Trust 0']);
    expect(heard([ofResource(BUCKET, { ...allow('s3:*', '*'), Principal: root })], get, WORKER)).toEqual([
      'sts:AssumeRole by Trust 0',
    ]);
  });
});

describe('who calls', () => {
  it('a refusal names the session of the role, the action and the resource as AWS does, in S3 with quotes', () => {
    const user = 'User: arn:aws:sts::000000000000:assumed-role/worker/worker-function';
    expect(refusal([], get)).toBe(
      `${user} is not authorized to perform: s3:GetObject on resource: "${OBJECT}" because no identity-based policy allows the s3:GetObject action`,
    );
  });

  it('the policies of another role allow nothing', () => {
    const others = { ...ofRole(allow('*', '*')), roles: ['other', 'worker-2'] };
    expect(refusal([others], get)).toContain('no identity-based policy');
  });

  it('a service may use only a role that trusts it', () => {
    const who = { ...WORKER, service: 'states.amazonaws.com' };
    expect(refusal([ofRole(allow('*', '*'))], get, who)).toBe(
      `states.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no role trust policy allows the sts:AssumeRole action`,
    );
  });

  it('a role may trust a service for what it does in the name of one source', () => {
    const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:';
    const Condition = {
      ArnLike: { 'aws:SourceArn': `${machine}sync` },
      StringEquals: { 'aws:SourceAccount': '000000000000' },
    };
    const Statement = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
      Condition,
    };
    const policies = [{ ...trust, document: { Statement } }, ofRole(allow('*', '*'))];
    const by = (name: string) => ({ ...WORKER, service: 'states.amazonaws.com', source: `${machine}${name}` });
    expect(refusal(policies, get, by('sync'))).toBeUndefined();
    expect(refusal(policies, get, by('other'))).toContain('no role trust policy');
  });

  it('the user may do everything, a function what its role may, and an unknown access key nothing', () => {
    const told: string[] = [];
    const iam = createIam({ userKey: 'local', onRefused: (message) => told.push(message) });
    iam.putPolicies([trust, ofRole(allow('s3:GetObject', OBJECT))]);
    iam.bindKey('fn-worker', WORKER);
    const put = { action: 's3:PutObject', resource: OBJECT };

    expect(iam.refuse({ accessKeyId: 'local' }, put)).toBeUndefined();
    expect(iam.refuse({ accessKeyId: 'fn-worker' }, get)).toBeUndefined();
    expect(told).toEqual([]);
    const refused = [iam.refuse({ accessKeyId: 'fn-worker' }, put), iam.refuse({ accessKeyId: 'AKIA' }, get)];
    expect(refused[1]).toContain("only the access key 'local' and those of the functions are known");
    expect(told).toEqual(refused);
  });
});

describe('a policy is refused by name when it is loaded, if it has', () => {
  const S = allow('s3:GetObject', OBJECT);
  it.each<[string, PolicyModel, string]>([
    [
      'an unknown element',
      ofRole({ ...S, NotAction: 's3:PutObject' }),
      "Own.Statement[0]: the embedded stack does not support 'NotAction'",
    ],
    ['NotResource', ofRole({ ...S, NotResource: '*' }), "'NotResource'"],
    ['NotPrincipal', ofResource(BUCKET, { ...S, NotPrincipal: '*' }), "'NotPrincipal'"],
    ['a Principal in a role', ofRole({ ...S, Principal: '*' }), "'Principal'"],
    ['no Principal in a resource', ofResource(BUCKET, S), 'OfResource.Statement[0].Principal'],
    ['an unknown kind of principal', ofResource(BUCKET, { ...S, Principal: { Federated: 'x' } }), "'Federated'"],
    ['an unknown principal', ofResource(BUCKET, { ...S, Principal: { AWS: '111122223333' } }), "'111122223333'"],
    ['an unknown effect', ofRole({ ...S, Effect: 'Permit' }), 'Own.Statement[0].Effect'],
    [
      'an unknown condition operator',
      ofRole({ ...S, Condition: { IpAddress: { 'aws:SourceIp': 'x' } } }),
      "'IpAddress'",
    ],
    [
      'an operator with a modifier',
      ofRole({ ...S, Condition: { StringLikeIfExists: { 's3:prefix': 'x' } } }),
      "'StringLikeIfExists'",
    ],
    [
      'an unknown condition key',
      ofRole({ ...S, Condition: { StringLike: { 'aws:PrincipalTag/team': 'x' } } }),
      "'aws:PrincipalTag/team'",
    ],
    ['a policy variable', ofRole(allow('s3:GetObject', `${BUCKET}/\${aws:username}/*`)), '{aws:username}/*'],
    ['a resource that is no ARN', ofRole(allow('s3:GetObject', 'exports/*')), "'exports/*'"],
    ['no resource in a role', ofRole({ Effect: 'Allow', Action: '*' }), 'Own.Statement[0].Resource'],
    ['another language version', { ...ofRole(S), document: { Version: '2008-10-17', Statement: [S] } }, "'2008-10-17'"],
  ])('%s', (_, policy, named) => {
    expect(() => createIam({ userKey: 'local' }).putPolicies([policy])).toThrow(named);
  });
});
