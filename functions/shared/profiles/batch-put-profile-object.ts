import {
  $Command,
  type CustomerProfilesClientResolvedConfig,
  PutProfileObjectCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-customer-profiles';
import { getEndpointPlugin } from '@smithy/middleware-endpoint';

export interface BatchPutProfileObjectRequest {
  readonly DomainName: string;
  readonly ObjectTypeName: string;
  /** 1 to 10. */
  readonly Items: readonly { readonly Id: string; readonly Object: string }[];
}

/** Answered with 200 even if items failed. */
export interface BatchPutProfileObjectResponse {
  readonly Successful?: readonly { readonly Id: string; readonly ProfileObjectUniqueKey: string }[];
  /** `Code` is an HTTP status. */
  readonly Failed?: readonly { readonly Id: string; readonly Code: number; readonly Message?: string }[];
}

const NAMESPACE = 'com.amazonaws.customerprofiles';
// The SDK's notation of a shape: its kind, namespace, name, traits, members and their shapes, how many are required.
const STRUCTURE = 3;
const LIST = 1;
const STRING = 0;
const NUMBER = 1;
/** Bits of traits. */
const IN_PATH = 1;
const SENSITIVE = 8;

type InTypes = ServiceInputTypes | BatchPutProfileObjectRequest;
type OutTypes = ServiceOutputTypes | (BatchPutProfileObjectResponse & { readonly $metadata: object });

/**
 * BatchPutProfileObject of the service model of 2026-05-28, by the SDK's own means: the installed client is older. To be replaced by
 * the client's command of this name once it has one.
 */
export class BatchPutProfileObjectCommand extends $Command
  .classBuilder<
    BatchPutProfileObjectRequest,
    BatchPutProfileObjectResponse & { readonly $metadata: object },
    CustomerProfilesClientResolvedConfig,
    InTypes,
    OutTypes
  >()
  .ep(PutProfileObjectCommand.getEndpointParameterInstructions())
  .m((Command, _stack, config) => [getEndpointPlugin(config, Command.getEndpointParameterInstructions())])
  .s('CustomerProfiles_20200815', 'BatchPutProfileObject', {})
  .n('CustomerProfilesClient', 'BatchPutProfileObjectCommand')
  .sc([
    9,
    NAMESPACE,
    'BatchPutProfileObject',
    { http: ['PUT', '/domains/{DomainName}/profiles/objects/batch-put-profile-object', 200] },
    [
      STRUCTURE,
      NAMESPACE,
      'BatchPutProfileObjectRequest',
      0,
      ['DomainName', 'ObjectTypeName', 'Items'],
      [
        [STRING, IN_PATH],
        STRING,
        [
          LIST,
          NAMESPACE,
          'BatchPutProfileObjectRequestItemList',
          0,
          [
            STRUCTURE,
            NAMESPACE,
            'BatchPutProfileObjectRequestItem',
            0,
            ['Id', 'Object'],
            [STRING, [0, NAMESPACE, 'stringifiedJson', SENSITIVE, STRING]],
            2,
          ],
        ],
      ],
      3,
    ],
    [
      STRUCTURE,
      NAMESPACE,
      'BatchPutProfileObjectResponse',
      0,
      ['Successful', 'Failed'],
      [
        [
          LIST,
          NAMESPACE,
          'BatchPutProfileObjectResponseList',
          0,
          [
            STRUCTURE,
            NAMESPACE,
            'BatchPutProfileObjectResponseItem',
            0,
            ['Id', 'ProfileObjectUniqueKey'],
            [STRING, STRING],
            2,
          ],
        ],
        [
          LIST,
          NAMESPACE,
          'BatchPutProfileObjectErrorList',
          0,
          [
            STRUCTURE,
            NAMESPACE,
            'BatchPutProfileObjectErrorItem',
            0,
            ['Id', 'Code', 'Message'],
            [STRING, NUMBER, [0, NAMESPACE, 'text', SENSITIVE, STRING]],
            2,
          ],
        ],
      ],
    ],
  ])
  .build() {}
