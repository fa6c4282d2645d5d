export interface Price {
  readonly usd: number;
  /** How many units the price is for. */
  readonly per: number;
  readonly unit: string;
  /** Where the number was read; undefined if no page at hand has it. Check it in the AWS Pricing Calculator. */
  readonly source?: string;
}

const MILLION = 1_000_000;

/** Where and when the prices held. */
export const PRICES_OF = 'us-east-1, read 2026-11';

/**
 * List prices, without free tiers and discounts. AWS's price pages load their numbers from elsewhere, so some were read where
 * others quote them: the source is the page on which the number stood.
 */
export const PRICES = {
  dynamoRead: {
    usd: 0.125,
    per: MILLION,
    unit: 'DynamoDB read request units, on demand',
    source: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  dynamoWrite: {
    usd: 0.625,
    per: MILLION,
    unit: 'DynamoDB write request units, on demand',
    source: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  dynamoStorage: {
    usd: 0.25,
    per: 1,
    unit: 'GB-month of a DynamoDB table',
    source: 'https://aws.amazon.com/dynamodb/pricing/',
  },
  dynamoRecovery: { usd: 0.2, per: 1, unit: 'GB-month of point-in-time recovery' },
  lambdaTime: {
    usd: 0.0000133334,
    per: 1,
    unit: 'GB-second of Lambda on Arm',
    source: 'https://cloudchipr.com/blog/aws-lambda-pricing',
  },
  lambdaRequest: {
    usd: 0.2,
    per: MILLION,
    unit: 'Lambda invocations',
    source: 'https://git.mcrn.ar/mariano/lambda_local_runner',
  },
  transition: {
    usd: 0.025,
    per: 1_000,
    unit: 'state transitions of a Standard workflow',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  s3Put: {
    usd: 0.005,
    per: 1_000,
    unit: 'S3 PUT or LIST requests',
    source: 'https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples',
  },
  s3Get: {
    usd: 0.0004,
    per: 1_000,
    unit: 'S3 GET requests',
    source: 'https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples',
  },
  s3Storage: {
    usd: 0.023,
    per: 1,
    unit: 'GB-month of S3 Standard',
    source: 'https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples',
  },
  sqsRequest: {
    usd: 0.4,
    per: MILLION,
    unit: 'requests to a standard queue, empty receives included',
    source: 'https://okulbida.com/posts/aws-sqs-cost-surprises-short-polling',
  },
  customEvent: {
    usd: 1,
    per: MILLION,
    unit: 'events on a bus of one’s own (those of AWS services are free)',
    source: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
  },
  key: { usd: 1, per: 1, unit: 'month of a customer-managed key', source: 'https://aws.amazon.com/kms/pricing/' },
  keyRequest: {
    usd: 0.03,
    per: 10_000,
    unit: 'requests to a key',
    source: 'https://www.wring.co/blog/aws-kms-pricing-guide',
  },
  metric: {
    usd: 0.3,
    per: 1,
    unit: 'month of a custom metric',
    source: 'https://signoz.io/guides/cloudwatch-pricing',
  },
  alarm: { usd: 0.1, per: 1, unit: 'month of a metric that an alarm looks at' },
  dashboard: {
    usd: 3,
    per: 1,
    unit: 'month of a dashboard',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  },
  log: {
    usd: 0.5,
    per: 1,
    unit: 'GB written to a log',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** US dollars. */
export function cost(price: PriceName, units: number): number {
  const { usd, per } = PRICES[price];
  return (units / per) * usd;
}
