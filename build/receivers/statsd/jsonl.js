// A backend for the StatsD daemon: every flush and, if "jsonl: { packets: true }" is configured, every datagram as one
// line of JSON on standard output. Once the reader of that output is gone the next line fails, and the daemon ends with it.
'use strict';

function line(object) {
  process.stdout.write(JSON.stringify(object) + '\n');
}

exports.init = function (startupTime, config, events) {
  if (config.jsonl.packets) {
    events.on('packet', (datagram) => line({ packet: datagram.toString('hex') }));
  }

  events.on('flush', (timestamp, metrics) => {
    const sets = {};
    for (const name of Object.keys(metrics.sets)) {
      sets[name] = metrics.sets[name].values();
    }

    line({
      flush: timestamp,
      counters: metrics.counters,
      gauges: metrics.gauges,
      timers: metrics.timers,
      timerCounts: metrics.timer_counters,
      sets,
    });
  });

  // By then the sockets are bound.
  setImmediate(() => line({ listening: true }));
  return true;
};
