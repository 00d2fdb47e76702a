import { Vpc } from '@pulumi/aws/ec2';
import { Config } from '@pulumi/pulumi';
import { LoadBalancerController } from '../../../lib/pulumi';

const vpcId = new Config().getBoolean('newVpc') ? new Vpc('vpc', { cidrBlock: '10.0.0.0/16' }).id : undefined;

new LoadBalancerController('controller', { clusterName: 'ml', region: 'eu-west-1', vpcId });
