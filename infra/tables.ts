import { RemovalPolicy } from 'aws-cdk-lib';
import { type Attribute, AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** DynamoDB deletes an item some time after the epoch seconds in this attribute. */
const TTL_ATTRIBUTE = 'ttl';

/** The tables; all on-demand, since a night's load is over by morning. */
export class Tables extends Construct {
  /** What was last sent for each customer key. Outlives the stack: without it every row would be sent again. */
  readonly ledger: Table;
  /** The per-second allowance of API calls that all workers share. */
  readonly budget: Table;
  /** Progress of runs, and the newest export times of full exports. */
  readonly run: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.ledger = new Table(this, 'LedgerTable', {
      partitionKey: text('pk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.budget = new Table(this, 'BudgetTable', {
      partitionKey: text('id'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.run = new Table(this, 'RunTable', {
      partitionKey: text('run'),
      sortKey: text('item'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
