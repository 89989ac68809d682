UPDATE report_trail SET deed = 'closed' WHERE deed = 'close';
