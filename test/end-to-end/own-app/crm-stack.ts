import { join } from 'node:path';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { ProfileSync } from 'connect-profile-sync/infra';

/** What a platform team has around a system: a key and a bucket of their own, and the roles of those who use it. */
export class CrmStack extends Stack {
  constructor(scope: App, id: string) {
    super(scope, id);

    const encryptionKey = new Key(this, 'CrmKey', { alias: 'crm-data', enableKeyRotation: true });
    const exportBucket = new Bucket(this, 'CrmExports', {
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(30) }],
    });
    // As eventBridgeEnabled, but without the Lambda function that it would add.
    const { defaultChild } = exportBucket.node;
    if (defaultChild instanceof CfnBucket) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }

    const sync = new ProfileSync(this, 'CrmSync', {
      name: 'crm-sync',
      domainName: 'crm',
      newDomain: { defaultExpirationDays: 366 },
      mappingPath: join(import.meta.dirname, 'customers.json'),
      exportBucket,
      encryptionKey,
      quota: 50,
      reserve: 5,
      schedule: {
        exportBy: '02:00',
        doneBy: '06:00',
        timeZone: 'Asia/Tokyo',
        days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
      },
      thresholds: { rejectedShareWarning: 0.05 },
      alarmEmails: ['crm-operations@example.com'],
    });

    const uploader = new Role(this, 'Uploader', { assumedBy: new ServicePrincipal('transfer.amazonaws.com') });
    sync.grantUpload(uploader);
    const sender = new Role(this, 'Sender', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    sync.grantSendEvents(sender);
    const operator = new Role(this, 'Operator', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    sync.grantOperate(operator);
    const eraser = new Role(this, 'Eraser', { assumedBy: new ServicePrincipal('ssm.amazonaws.com') });
    sync.grantOperate(eraser);
    sync.grantReadExports(eraser);
    sync.grantErase(eraser);

    const roles = {
      UploaderRoleArn: uploader.roleArn,
      SenderRoleArn: sender.roleArn,
      OperatorRoleArn: operator.roleArn,
      EraserRoleArn: eraser.roleArn,
    };
    for (const [name, value] of Object.entries({ ...sync.outputs, ...roles })) new CfnOutput(this, name, { value });
  }
}
