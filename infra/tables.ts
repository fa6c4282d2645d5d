import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  type ITable,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** DynamoDB deletes an item some time after the epoch seconds in this attribute. */
const TTL_ATTRIBUTE = 'ttl';
const RECOVERABLE = { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } };

export interface TablesProps {
  /** Of the tables that are made. */
  readonly key: IKey;
  /** @default - a table is made. */
  readonly budgetTable?: ITable | undefined;
}

/** The tables; all on-demand, since a night's load is over by morning. */
export class Tables extends Construct {
  /** What was last sent for each customer key. Outlives the stack: without it every row would be sent again. */
  readonly ledger: ITable;
  /** The per-second allowance of API calls that all workers share. */
  readonly budget: ITable;
  /** Progress of runs, and the newest export times of full exports. */
  readonly run: ITable;

  constructor(scope: Construct, id: string, { key, budgetTable }: TablesProps) {
    super(scope, id);
    this.ledger = this.#table('LedgerTable', key, {
      ...RECOVERABLE,
      partitionKey: text('pk'),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.budget = budgetTable ?? this.#budgetTable(key);
    this.run = this.#table('RunTable', key, {
      ...RECOVERABLE,
      partitionKey: text('run'),
      sortKey: text('item'),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  #budgetTable(key: IKey): Table {
    const table = this.#table('BudgetTable', key, {
      partitionKey: text('id'),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(table, 'DDB3', 'It holds the current second of one counter: there is nothing to recover.');
    return table;
  }

  #table(id: string, key: IKey, props: TableProps): Table {
    return new Table(this, id, {
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
    });
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
