// Sends one document to the agent at the endpoint given, and ends.
'use strict';

const { Configuration, StorageResolution, Unit, createMetricsLogger } = require('aws-embedded-metrics');

Configuration.agentEndpoint = process.argv[2];
Configuration.environmentOverride = 'Agent';
Configuration.namespace = 'shop';
Configuration.logGroupName = 'till-metrics';
Configuration.logStreamName = 'stream';

const metrics = createMetricsLogger();
metrics.setDimensions({ route: '/', host: 'a' });
metrics.putMetric('requests', 3, Unit.Count);
metrics.putMetric('took', 12.5, Unit.Milliseconds, StorageResolution.High);
metrics.setProperty('note', 'x');
metrics.flush().then(() => process.exit(0));
