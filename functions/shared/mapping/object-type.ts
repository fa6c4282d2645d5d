import { clearedFields } from './cleared-fields.ts';
import type { ContentType, MappingDefinition } from './types.ts';

/** Properties of the CloudFormation resource `AWS::CustomerProfiles::ObjectType`, as far as a mapping sets them. */
export interface ObjectTypeProperties {
  readonly DomainName: string;
  readonly ObjectTypeName: string;
  readonly Description: string;
  readonly AllowProfileCreation: true;
  readonly ExpirationDays: number;
  readonly SourcePriority?: 1;
  readonly Fields: readonly {
    readonly Name: string;
    readonly ObjectTypeField: { readonly Source: string; readonly Target?: string; readonly ContentType: ContentType };
  }[];
  readonly Keys: readonly {
    readonly Name: string;
    readonly ObjectTypeKeyList: readonly {
      readonly FieldNames: readonly string[];
      readonly StandardIdentifiers?: readonly ('UNIQUE' | 'PROFILE')[];
    }[];
  }[];
}

/**
 * The object type that receives the profile objects of a mapping.
 *
 * Only the customer key identifies and finds a profile. Search keys carry no identifiers: as a PROFILE key, an e-mail
 * address or phone number that two customers share would merge them. Without AllowProfileCreation the service answers
 * 200 and puts the object of a new customer aside, so it is always on.
 *
 * What UpdateProfile has set, objects leave as it is, unless their type has a SourcePriority: without one, a field that
 * was cleared once would stay empty for ever.
 */
export function objectTypeProperties(definition: MappingDefinition, domainName: string): ObjectTypeProperties {
  const { objectType, customerKey, fields } = definition;
  const searchKeys = Map.groupBy(
    fields.filter((field) => field.searchKey !== undefined),
    (field) => field.searchKey ?? '',
  );
  return {
    DomainName: domainName,
    ObjectTypeName: objectType.name,
    Description: objectType.description,
    AllowProfileCreation: true,
    ExpirationDays: objectType.expirationDays,
    ...(clearedFields(definition).length > 0 && { SourcePriority: 1 }),
    Fields: fields.map(({ name, target, contentType = 'STRING' }) => ({
      Name: name,
      ObjectTypeField: { Source: `_source.${name}`, ...(target && { Target: target }), ContentType: contentType },
    })),
    Keys: [
      {
        Name: customerKey.keyName,
        ObjectTypeKeyList: [{ StandardIdentifiers: ['UNIQUE', 'PROFILE'], FieldNames: [customerKey.field] }],
      },
      ...[...searchKeys].map(([name, keyed]) => ({
        Name: name,
        ObjectTypeKeyList: keyed.map((field) => ({ FieldNames: [field.name] })),
      })),
    ],
  };
}
