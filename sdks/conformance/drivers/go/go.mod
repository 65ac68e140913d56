module conformance

go 1.23

require github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go v0.1.0
