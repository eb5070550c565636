# What deploy/compose.yaml changes in nginx.conf: the two web processes in place of those on the same computer.
s/127\.0\.0\.1:8501/web-1:8501/
s/# server 127\.0\.0\.1:8502/server web-2:8501/
