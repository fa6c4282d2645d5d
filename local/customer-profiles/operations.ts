import { badRequest, ProfilesError } from './errors.ts';
import type { MatchingQueue } from './matching-queue.ts';
import type { KnownType, ObjectTypes } from './object-types.ts';
import { readProfileObject } from './profile-object.ts';
import type { ProfileStore } from './profile-store.ts';
import {
  DOMAIN_NAME,
  logicalOperator,
  PROFILE_ID,
  page,
  paging,
  STRINGIFIED_JSON,
  searchKeys,
  TYPE_NAME,
  text,
} from './requests.ts';
import type { OperationName } from './routes.ts';
import { search } from './search.ts';

/** What the operations work on. */
export interface Parts {
  readonly store: ProfileStore;
  readonly types: ObjectTypes;
  readonly queue: MatchingQueue;
  readonly matchingDelayMs: () => number;
}

export interface ProfilesRequest {
  /** Of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

type Operation = (parts: Parts, request: ProfilesRequest) => object;

/** All that the embedded Customer Profiles supports; each returns the body of its answer. */
export const OPERATIONS: Readonly<Partial<Record<OperationName, Operation>>> = {
  PutProfileObject({ types, queue, matchingDelayMs }, { parameters, body }) {
    const domain = domainName(parameters);
    const type = text(body.ObjectTypeName, 'objectTypeName', TYPE_NAME);
    const object = text(body.Object, 'object', STRINGIFIED_JSON);
    if (type.startsWith('_')) throw badRequest(`Objects of the standard type ${type} can't be put.`);
    const { uniqueKey } = readProfileObject(types.find(domain, type).type, object);
    queue.add({ domain, type, text: object }, matchingDelayMs());
    return { ProfileObjectUniqueKey: uniqueKey };
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
    const profileId = text(body.ProfileId, 'profileId', PROFILE_ID);
    const { limit, after } = paging(query);
    if (body.ObjectFilter !== undefined) throw notImplemented('ListProfileObjects with ObjectFilter');
    types.find(domain, type);
    const profile = store.profileById(domain, profileId);
    if (profile === undefined)
      throw new ProfilesError('ResourceNotFoundException', `Profile ${profileId} does not exist.`);
    const { rows, ...next } = page(store.objects(profile.id, type, after, limit + 1), limit);
    const items = rows.map((row) => ({
      ObjectTypeName: type,
      ProfileObjectUniqueKey: row.uniqueKey,
      Object: row.text,
    }));
    return { Items: items, ...next };
  },

  GetDomain({ store }, { parameters }) {
    const name = domainName(parameters);
    const domain = store.domain(name);
    if (domain === undefined) throw new ProfilesError('ResourceNotFoundException', `Domain ${name} does not exist.`);
    const { created, profiles, objects, bytes } = domain;
    return {
      DomainName: name,
      Stats: { ProfileCount: profiles, MeteringProfileCount: profiles, ObjectCount: objects, TotalSize: bytes },
      CreatedAt: created / 1000,
      LastUpdatedAt: created / 1000,
    };
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

export const notImplemented = (operation: string) =>
  new ProfilesError('NotImplementedException', `${operation} is not supported by the embedded Customer Profiles.`);

const domainName = ({ DomainName }: Readonly<Record<string, string>>) => text(DomainName, 'domainName', DOMAIN_NAME);

const describe = ({ type, created, updated }: KnownType) => ({
  ObjectTypeName: type.name,
  Description: type.description,
  CreatedAt: created / 1000,
  LastUpdatedAt: updated / 1000,
});
