// Owns the regions of Amazon's cloud that streams may go to.

export const amazonRegions = [
  ...(['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'] as const),
  ...(['ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'] as const),
  ...(['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'eu-central-1'] as const),
  ...(['eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'] as const),
  ...(['il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1', 'sa-east-1', 'us-gov-east-1'] as const),
  ...(['us-gov-west-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'] as const),
] as const;
