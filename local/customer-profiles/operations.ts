import { badRequest, notImplemented, ProfilesError } from './errors.ts';
import type { Accepted } from './matching-queue.ts';
import type { KnownType, ObjectTypes } from './object-types.ts';
import { readProfileObject } from './profile-object.ts';
import type { ProfileStore, StoredProfile } from './profile-store.ts';
import {
  batchItems,
  DOMAIN_NAME,
  deadLetterQueueUrl,
  logicalOperator,
  PROFILE_ID,
  page,
  paging,
  STRINGIFIED_JSON,
  searchKeys,
  TYPE_NAME,
  text,
  UNIQUE_KEY,
} from './requests.ts';
import type { OperationName } from './routes.ts';
import { search } from './search.ts';
import { setValue } from './standard-profile.ts';
import { readChanges } from './update-profile.ts';

/** What the operations work on. */
export interface Parts {
  readonly store: ProfileStore;
  readonly types: ObjectTypes;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes over an object that was answered with 200. */
  readonly accept: (accepted: Accepted) => void;
}

export interface ProfilesRequest {
  /** Of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Operation = (parts: Parts, request: ProfilesRequest) => object;

function putProfileObject({ types, accept }: Parts, { parameters, body }: ProfilesRequest): object {
  const domain = domainName(parameters);
  const type = text(body.ObjectTypeName, 'objectTypeName', TYPE_NAME);
  const object = text(body.Object, 'object', STRINGIFIED_JSON);
  if (type.startsWith('_')) throw badRequest(`Objects of the standard type ${type} can't be put.`);
  const { uniqueKey } = readProfileObject(types.find(domain, type).type, object);
  accept({ domain, type, text: object });
  return { ProfileObjectUniqueKey: uniqueKey };
}

/** All that the embedded Customer Profiles supports; each returns the body of its answer. */
export const OPERATIONS: Readonly<Partial<Record<OperationName, Operation>>> = {
  PutProfileObject: putProfileObject,

  BatchPutProfileObject(parts, { parameters, query, body }) {
    const type = text(body.ObjectTypeName, 'objectTypeName', TYPE_NAME);
    parts.types.find(domainName(parameters), type);
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const { Id, Object: object } of batchItems(body)) {
      try {
        const one = { parameters, query, body: { ObjectTypeName: type, Object: object } };
        Successful.push({ Id, ...putProfileObject(parts, one) });
      } catch (error) {
        if (!(error instanceof ProfilesError)) throw error;
        Failed.push({ Id, Code: error.status, Message: error.message });
      }
    }
    return { Successful, Failed };
  },

  SearchProfiles({ store, types }, { parameters, query, body }) {
    const domain = domainName(parameters);
    const { limit, after } = paging(query);
    const known = types.all(domain).map(({ type }) => type);
    const found = search(store, domain, known, searchKeys(body), logicalOperator(body)).filter(({ id }) => id > after);
    const { rows, ...next } = page(found, limit);
    const items = rows.map(({ id, by }) => {
      const { profileId, profile } = store.profile(id);
      return { ProfileId: profileId, ...profile, FoundByItems: by };
    });
    return { Items: items, ...next };
  },

  ListProfileObjects({ store, types }, { parameters, query, body }) {
    const domain = domainName(parameters);
    const type = text(body.ObjectTypeName, 'objectTypeName', TYPE_NAME);
    const { limit, after } = paging(query);
    if (body.ObjectFilter !== undefined) throw notImplemented('ListProfileObjects with ObjectFilter');
    types.find(domain, type);
    const profile = findProfile(store, domain, body);
    const { rows, ...next } = page(store.objects(profile.id, type, after, limit + 1), limit);
    const items = rows.map((row) => ({
      ObjectTypeName: type,
      ProfileObjectUniqueKey: row.uniqueKey,
      Object: row.text,
    }));
    return { Items: items, ...next };
  },

  UpdateProfile({ store, now }, { parameters, body }) {
    const changes = readChanges(body);
    const { id, profileId, profile } = findProfile(store, domainName(parameters), body);
    for (const [target, value] of changes) setValue(profile, target, value);
    store.atomically(() => {
      store.updateProfile(id, profile);
      store.markSetByHand(
        id,
        changes.map(([target]) => target),
      );
      store.renew(id, now());
    });
    return { ProfileId: profileId };
  },

  DeleteProfileObject({ store }, { parameters, body }) {
    const domain = domainName(parameters);
    const uniqueKey = text(body.ProfileObjectUniqueKey, 'profileObjectUniqueKey', UNIQUE_KEY);
    const type = text(body.ObjectTypeName, 'objectTypeName', TYPE_NAME);
    const profile = findProfile(store, domain, body);
    if (!store.deleteObject(domain, profile.id, type, uniqueKey)) {
      throw new ProfilesError('ResourceNotFoundException', 'The profile has no such object.');
    }
    return { Message: 'OK' };
  },

  DeleteProfile({ store }, { parameters, body }) {
    const { id } = findProfile(store, domainName(parameters), body);
    store.deleteProfile(id);
    return { Message: 'OK' };
  },

  GetDomain({ store }, { parameters }) {
    const { domain, described } = findDomain(store, parameters);
    const { profiles, objects, bytes } = domain;
    const Stats = { ProfileCount: profiles, MeteringProfileCount: profiles, ObjectCount: objects, TotalSize: bytes };
    return { ...described, Stats };
  },

  UpdateDomain({ store }, { parameters, body }) {
    const unknown = Object.keys(body).find((member) => member !== 'DeadLetterQueueUrl');
    if (unknown !== undefined) throw notImplemented(`UpdateDomain with ${unknown}`);
    const url = deadLetterQueueUrl(body);
    findDomain(store, parameters);
    if (url !== undefined) store.setDeadLetterQueue(domainName(parameters), url);
    return findDomain(store, parameters).described;
  },

  GetProfileObjectType({ types }, { parameters }) {
    const known = types.find(domainName(parameters), text(parameters.ObjectTypeName, 'objectTypeName', TYPE_NAME));
    const { fields, keys, allowProfileCreation } = known.type;
    const keyMap: Record<string, object[]> = {};
    for (const { name, field, identifiers } of keys) {
      keyMap[name] = [...(keyMap[name] ?? []), { StandardIdentifiers: [...identifiers], FieldNames: [field.name] }];
    }
    return {
      ...describe(known),
      AllowProfileCreation: allowProfileCreation,
      ...(known.type.expirationDays !== undefined && { ExpirationDays: known.type.expirationDays }),
      ...(known.type.sourcePriority !== undefined && { SourcePriority: known.type.sourcePriority }),
      Fields: Object.fromEntries(
        fields.map(({ name, source, targetName, contentType }) => [
          name,
          { Source: source, ...(targetName !== undefined && { Target: targetName }), ContentType: contentType },
        ]),
      ),
      Keys: keyMap,
    };
  },

  ListProfileObjectTypes({ types }, { parameters, query }) {
    const { limit, after } = paging(query);
    const known = types.all(domainName(parameters)).map((type, index) => ({ ...type, id: index + 1 }));
    const { rows, ...next } = page(
      known.filter(({ id }) => id > after),
      limit,
    );
    return { Items: rows.map(describe), ...next };
  },
};

const domainName = ({ DomainName }: Readonly<Record<string, string>>) => text(DomainName, 'domainName', DOMAIN_NAME);

/** A domain, and what every answer on it says. @throws ProfilesError BadRequestException or ResourceNotFoundException */
function findDomain(store: ProfileStore, parameters: ProfilesRequest['parameters']) {
  const DomainName = domainName(parameters);
  const domain = store.domain(DomainName);
  if (domain === undefined) {
    throw new ProfilesError('ResourceNotFoundException', `Domain ${DomainName} does not exist.`);
  }
  const DeadLetterQueueUrl = store.deadLetterQueue(DomainName);
  const [CreatedAt, LastUpdatedAt] = [domain.created / 1000, domain.created / 1000];
  return {
    domain,
    described: { DomainName, ...(DeadLetterQueueUrl && { DeadLetterQueueUrl }), CreatedAt, LastUpdatedAt },
  };
}

/** @throws ProfilesError BadRequestException or ResourceNotFoundException */
function findProfile(store: ProfileStore, domain: string, { ProfileId }: ProfilesRequest['body']): StoredProfile {
  const profileId = text(ProfileId, 'profileId', PROFILE_ID);
  const profile = store.profileById(domain, profileId);
  if (profile) return profile;
  throw new ProfilesError('ResourceNotFoundException', `Profile ${profileId} does not exist.`);
}

const describe = ({ type, created, updated }: KnownType) => ({
  ObjectTypeName: type.name,
  Description: type.description,
  CreatedAt: created / 1000,
  LastUpdatedAt: updated / 1000,
});
